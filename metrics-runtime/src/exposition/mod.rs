//! How the page is written.

pub(crate) mod text;
pub(crate) mod foreign;

use std::borrow::Cow;

/// A label's value between quotes: <https://prometheus.io/docs/instrumenting/exposition_formats/>.
pub(crate) fn escape_value(value: &str) -> Cow<'_, str> {
    escape(value, &['\\', '"', '\n'])
}

/// A help text, which has no quotes around it.
pub(crate) fn escape_help(help: &str) -> String {
    escape(help, &['\\', '\n']).into_owned()
}

fn escape<'a>(text: &'a str, special: &[char]) -> Cow<'a, str> {
    if !text.contains(special) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\n' => escaped.push_str("\\n"),
            other => {
                if special.contains(&other) {
                    escaped.push('\\');
                }
                escaped.push(other);
            }
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_is_escaped() {
        assert_eq!(escape_value("plain"), "plain");
        assert_eq!(escape_value("a \"b\" \\ c\nd"), "a \\\"b\\\" \\\\ c\\nd");
        assert_eq!(escape_help("a \"b\" \\ c\nd"), "a \"b\" \\\\ c\\nd");
    }
}
