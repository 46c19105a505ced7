//! Patterns of names, in which `*` stands for any letters.

/// Whether a name fits a pattern.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    // The first place that fits a part leaves the most for the parts behind it, so no other place has to be tried.
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// The names that a pattern refuses, for a message about one of them.
pub(crate) fn describe(pattern: &str, name: &str) -> String {
    if pattern == name { "this name".to_owned() } else { format!("names like `{pattern}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_letters() {
        assert!(matches("*_id", "job_id"));
        assert!(!matches("*_id", "id"));
        assert!(matches("a*b*c", "a_b_b_c"));
        assert!(!matches("a*b", "abc"));
        assert!(!matches("a", "ab"));
        assert!(matches("**", ""));
        assert!(matches("a*", "a"));
        assert!(matches("*ab*ab", "aab_ab"));
        assert!(!matches("*ab*b", "ab"));
        assert!(!matches("ab*ba", "aba"));
    }

    #[test]
    fn many_stars_end_soon() {
        let pattern = "*a".repeat(1000) + "*b";
        assert!(!matches(&pattern, &"a".repeat(2000)));
        assert!(matches(&pattern, &("a".repeat(2000) + "b")));
    }
}
