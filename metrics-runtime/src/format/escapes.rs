//! How label values and help texts are escaped.

use std::borrow::Cow;

use super::exposition_format::Format;

/// Escapes a label's value, which stands between quotes: <https://prometheus.io/docs/instrumenting/exposition_formats/>.
pub(crate) fn escape_value(value: &str) -> Cow<'_, str> {
    escape(value, &['\\', '"', '\n'])
}

/// Appends `name="value"` to a list of labels. The value is escaped.
pub(crate) fn push_label(labels: &mut String, name: &str, value: &str) {
    if !labels.is_empty() {
        labels.push(',');
    }
    let value = escape_value(value);
    labels.reserve(name.len() + value.len() + 3);
    for part in [name, "=\"", &value, "\""] {
        labels.push_str(part);
    }
}

/// Escapes a help text, which has no quotes around it. OpenMetrics escapes quotes here too.
pub(crate) fn escape_help(help: &str, format: Format) -> Cow<'_, str> {
    match format {
        Format::Text => escape(help, &['\\', '\n']),
        Format::OpenMetrics => escape_value(help),
    }
}

/// Escapes newlines, and puts a backslash before the other `special` characters.
fn escape<'a>(text: &'a str, special: &[char]) -> Cow<'a, str> {
    // They are in ASCII, so no byte of another character looks like one of them.
    if !text.bytes().any(|byte| special.contains(&char::from(byte))) {
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
    fn special_characters_are_escaped() {
        assert_eq!(escape_value("plain"), "plain");
        assert_eq!(escape_value("a \"b\" \\ c\nd"), "a \\\"b\\\" \\\\ c\\nd");
        let help = "a \"b\" \\ c\nd";
        assert_eq!(escape_help(help, Format::Text), "a \"b\" \\\\ c\\nd");
        assert_eq!(escape_help(help, Format::OpenMetrics), "a \\\"b\\\" \\\\ c\\nd");
    }
}
