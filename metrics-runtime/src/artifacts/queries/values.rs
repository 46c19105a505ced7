//! The values that a matcher names.

use promql_parser::label::{MatchOp, Matcher};

/// The values that a matcher names one by one: `a`, or the alternatives of `a|b`. `None` if it is a real pattern.
pub(super) fn named_values(matcher: &Matcher) -> Option<Vec<&str>> {
    match matcher.op {
        MatchOp::Equal | MatchOp::NotEqual => Some(vec![&matcher.value]),
        MatchOp::Re(_) | MatchOp::NotRe(_) => {
            let inner = matcher.value.strip_prefix('(').and_then(|value| value.strip_suffix(')'));
            let alternatives: Vec<&str> = inner.unwrap_or(&matcher.value).split('|').collect();
            alternatives.iter().all(|value| is_plain(value)).then_some(alternatives)
        }
    }
}

/// Whether a pattern matches only itself.
fn is_plain(pattern: &str) -> bool {
    !pattern.contains(['.', '*', '+', '?', '(', ')', '[', ']', '{', '}', '^', '$', '\\'])
}

/// The pattern of a matcher as a matcher that says whether a value fits, also where it refuses values: `!~"a.*"` fits `ab`.
pub(super) fn fits(matcher: &Matcher, value: &str) -> bool {
    match matcher.op {
        MatchOp::Equal | MatchOp::Re(_) => matcher.is_match(value),
        MatchOp::NotEqual | MatchOp::NotRe(_) => !matcher.is_match(value),
    }
}
