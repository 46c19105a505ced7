//! The names that Prometheus' data model allows for metrics and labels:
//! <https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels>.

use std::borrow::Cow;

/// Whether a metric can have this name on the page. An empty name is not refused here.
pub(crate) fn is_metric_name(name: &str) -> bool {
    is_valid(name, is_metric_name_byte)
}

/// Whether a label can have this name on the page. An empty name is not refused here.
pub(crate) fn is_label_name(name: &str) -> bool {
    is_valid(name, is_label_name_byte)
}

/// A metric's name on the page: each character that the data model does not allow becomes an underscore.
pub(crate) fn sanitize_metric_name(name: &str) -> Cow<'_, str> {
    sanitize(name, is_metric_name_byte)
}

/// A label's name on the page: each character that the data model does not allow becomes an underscore.
pub(crate) fn sanitize_label_name(name: &str) -> Cow<'_, str> {
    sanitize(name, is_label_name_byte)
}

fn sanitize(name: &str, is_allowed: impl Fn(u8) -> bool) -> Cow<'_, str> {
    if is_valid(name, &is_allowed) {
        return Cow::Borrowed(name);
    }
    let replace = |(position, character): (usize, char)| {
        let is_allowed =
            u8::try_from(character).is_ok_and(&is_allowed) && !(position == 0 && character.is_ascii_digit());
        if is_allowed { character } else { '_' }
    };
    Cow::Owned(name.chars().enumerate().map(replace).collect())
}

fn is_valid(name: &str, is_allowed: impl Fn(u8) -> bool) -> bool {
    name.bytes().all(is_allowed) && !name.starts_with(|first: char| first.is_ascii_digit())
}

fn is_metric_name_byte(byte: u8) -> bool {
    is_label_name_byte(byte) || byte == b':'
}

fn is_label_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
