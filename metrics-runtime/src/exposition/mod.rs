//! How the page is written.

pub(crate) mod names;
pub(crate) mod text;
pub(crate) mod exporter;
pub(crate) mod foreign;

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::claims::without_total;

/// What the page is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// The Prometheus text format, version 0.0.4:
    /// <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>.
    Text,
    /// OpenMetrics 1.0: <https://prometheus.io/docs/specs/om/open_metrics_spec/>.
    OpenMetrics,
}

impl Format {
    /// The name that a metric's own lines have: OpenMetrics leaves the suffix of a counter to its series.
    pub(crate) fn family(self, name: &str, is_counter: bool) -> &str {
        match self {
            Self::OpenMetrics if is_counter => without_total(name),
            _ => name,
        }
    }

    /// Appends the upper bound of a bucket: OpenMetrics writes a number that is no integer.
    pub(crate) fn push_bound(self, text: &mut String, bound: f64) {
        // Writing to a string does not fail.
        let _ = match self {
            _ if bound.is_infinite() => write!(text, "+Inf"),
            Self::OpenMetrics if bound.fract() == 0.0 => write!(text, "{bound:.1}"),
            _ => write!(text, "{bound}"),
        };
    }
}

/// A label's value between quotes: <https://prometheus.io/docs/instrumenting/exposition_formats/>.
pub(crate) fn escape_value(value: &str) -> Cow<'_, str> {
    escape(value, &['\\', '"', '\n'])
}

/// Appends `name="value"` to labels.
pub(crate) fn push_pair(labels: &mut String, name: &str, value: &str) {
    if !labels.is_empty() {
        labels.push(',');
    }
    for part in [name, "=\"", &escape_value(value), "\""] {
        labels.push_str(part);
    }
}

/// A help text, which has no quotes around it. OpenMetrics escapes quotes here too.
pub(crate) fn escape_help(help: &str, format: Format) -> Cow<'_, str> {
    match format {
        Format::Text => escape(help, &['\\', '\n']),
        Format::OpenMetrics => escape_value(help),
    }
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
        let help = "a \"b\" \\ c\nd";
        assert_eq!(escape_help(help, Format::Text), "a \"b\" \\\\ c\\nd");
        assert_eq!(escape_help(help, Format::OpenMetrics), "a \\\"b\\\" \\\\ c\\nd");
    }
}
