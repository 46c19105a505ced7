//! Patterns of names, in which `*` stands for any letters.

/// Whether a name fits a pattern.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name
            .strip_prefix(start)
            .is_some_and(|name| (0..=name.len()).any(|at| name.is_char_boundary(at) && matches(rest, &name[at..]))),
    }
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
    }
}
