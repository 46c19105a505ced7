//! The names that Prometheus' data model has for metrics and labels:
//! <https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels>.

use std::borrow::Cow;

/// Whether a metric can have this name on the page, unless it is empty.
pub(crate) fn is_metric_name(name: &str) -> bool {
    is_valid(name, is_in_metric_name)
}

/// Whether a label can have this name on the page, unless it is empty.
pub(crate) fn is_label_name(name: &str) -> bool {
    is_valid(name, is_in_label_name)
}

/// The name that a metric has on the page: each character that the data model does not have becomes an underscore.
pub(crate) fn metric_name(name: &str) -> Cow<'_, str> {
    valid(name, is_in_metric_name)
}

/// The same for a label.
pub(crate) fn label_name(name: &str) -> Cow<'_, str> {
    valid(name, is_in_label_name)
}

fn valid(name: &str, is_in_name: impl Fn(u8) -> bool) -> Cow<'_, str> {
    if is_valid(name, &is_in_name) {
        return Cow::Borrowed(name);
    }
    let of = |(at, letter): (usize, char)| {
        let fits = u8::try_from(letter).is_ok_and(&is_in_name) && !(at == 0 && letter.is_ascii_digit());
        if fits { letter } else { '_' }
    };
    Cow::Owned(name.chars().enumerate().map(of).collect())
}

fn is_valid(name: &str, is_in_name: impl Fn(u8) -> bool) -> bool {
    name.bytes().all(is_in_name) && !name.starts_with(|first: char| first.is_ascii_digit())
}

fn is_in_metric_name(letter: u8) -> bool {
    is_in_label_name(letter) || letter == b':'
}

fn is_in_label_name(letter: u8) -> bool {
    letter.is_ascii_alphanumeric() || letter == b'_'
}
