//! The canonical form of another crate's key: keys that mean the same series on the page have the same canonical form.

use std::borrow::Cow;
use std::collections::BTreeMap;

use metrics::{Key, Label};

use super::rejection::Rejection;
use crate::format::{
    encode_histogram_name, encode_label_value, is_label_name, is_metric_name, sanitize_label_name, sanitize_metric_name,
};
use crate::vocabulary::Kind;

/// The labels that all series have, by name.
pub(super) type GlobalLabels = BTreeMap<String, String>;

/// The canonical form of a key. Its names are valid in Prometheus' data model, each label is there once, and no label
/// repeats a global label with its value. The order of the labels is kept, because keys with another order are equal.
///
/// A key that has this form already is borrowed.
pub(super) fn canonical<'key>(
    key: &'key Key,
    kind: Kind,
    global_labels: &GlobalLabels,
) -> Result<Cow<'key, Key>, Rejection> {
    if key.name().is_empty() {
        return Err(Rejection::NoName);
    }
    let key = with_valid_names(key);
    let mut is_canonical = true;
    for (at, label) in key.labels().enumerate() {
        check_label(label.key(), kind)?;
        is_canonical &= !is_global(label, global_labels);
        if let Some(earlier) = key.labels().take(at).find(|earlier| earlier.key() == label.key()) {
            if earlier.value() != label.value() {
                return Err(Rejection::DuplicateLabel(label.key().to_owned()));
            }
            is_canonical = false;
        }
    }
    if is_canonical {
        return Ok(key);
    }
    let mut labels: Vec<Label> = Vec::new();
    for label in key.labels() {
        if !is_global(label, global_labels) && !labels.contains(label) {
            labels.push(label.clone());
        }
    }
    Ok(Cow::Owned(Key::from_parts(key.name().to_owned(), labels)))
}

fn with_valid_names(key: &Key) -> Cow<'_, Key> {
    if is_metric_name(key.name()) && key.labels().all(|label| is_label_name(label.key())) {
        return Cow::Borrowed(key);
    }
    let labels = key.labels().map(|label| {
        let name = sanitize_label_name(label.key()).into_owned();
        Label::new(name, label.value().to_owned())
    });
    Cow::Owned(Key::from_parts(sanitize_metric_name(key.name()).into_owned(), labels.collect::<Vec<_>>()))
}

fn check_label(name: &str, kind: Kind) -> Result<(), Rejection> {
    if name.is_empty() {
        return Err(Rejection::NoLabelName);
    }
    if name.starts_with("__") {
        return Err(Rejection::ReservedLabel(name.to_owned()));
    }
    if kind == Kind::Histogram && matches!(name, "le" | "quantile") {
        return Err(Rejection::BoundLabel(name.to_owned()));
    }
    Ok(())
}

/// Whether all series have this label with this value.
fn is_global(label: &Label, global_labels: &GlobalLabels) -> bool {
    global_labels.get(label.key()).is_some_and(|value| value == label.value())
}

/// Encodes a canonical key for `metrics-exporter-prometheus`, which then writes the names and values of the key unchanged.
pub(super) fn encode<'key>(key: Cow<'key, Key>, kind: Kind, global_labels: &GlobalLabels) -> Cow<'key, Key> {
    let name = if kind == Kind::Histogram { encode_histogram_name(key.name()) } else { Cow::Borrowed(key.name()) };
    // To Prometheus, a label with an empty value is absent, so a key with it and a key without it are the same series. But an
    // empty value can remove a global label.
    let is_kept = |label: &Label| !label.value().is_empty() || global_labels.contains_key(label.key());
    let is_unchanged = |label: &Label| is_kept(label) && matches!(encode_label_value(label.value()), Cow::Borrowed(_));
    if matches!(name, Cow::Borrowed(_)) && key.labels().all(is_unchanged) {
        return key;
    }
    let labels = key.labels().filter(|label| is_kept(label));
    let labels = labels.map(|label| Label::new(label.key().to_owned(), encode_label_value(label.value()).into_owned()));
    Cow::Owned(Key::from_parts(name.into_owned(), labels.collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str, labels: &[(&str, &str)]) -> Key {
        let labels = labels.iter().map(|(name, value)| Label::new((*name).to_owned(), (*value).to_owned()));
        Key::from_parts(name.to_owned(), labels.collect::<Vec<_>>())
    }

    fn zone() -> GlobalLabels {
        GlobalLabels::from([("zone".to_owned(), "a".to_owned())])
    }

    #[test]
    fn a_canonical_key_is_borrowed() {
        let key = key("http:requests_total", &[("method", "GET"), ("code", "200"), ("zone", "b"), ("_1", "grüße")]);
        let canonical = canonical(&key, Kind::Counter, &zone()).expect("it is valid");
        assert!(matches!(canonical, Cow::Borrowed(_)));
        assert!(matches!(encode(canonical, Kind::Counter, &zone()), Cow::Borrowed(_)));
    }

    #[test]
    fn keys_of_one_series_on_the_page_are_encoded_alike() {
        let plain = key("x_y", &[("a_b", "1"), ("c", "2")]);
        for other in [
            key("x.y", &[("a.b", "1"), ("c", "2")]),
            key("x y", &[("c", "2"), ("a-b", "1")]),
            key("x_y", &[("a.b", "1"), ("c", "2"), ("a_b", "1")]),
            key("x_y", &[("c", "2"), ("zone", "a"), ("a_b", "1"), ("c", "2"), ("zone", "a")]),
            key("x_y", &[("a_b", "1"), ("c", "2"), ("d", "")]),
        ] {
            let canonical = canonical(&other, Kind::Counter, &zone()).expect("it is valid");
            assert_eq!(*encode(canonical, Kind::Counter, &zone()), plain, "{other}");
        }
        assert_eq!(sanitize_metric_name("1.ü"), "___");
    }

    #[test]
    fn an_empty_value_removes_a_global_label() {
        let away = key("x", &[("zone", "")]);
        let canonical = canonical(&away, Kind::Counter, &zone()).expect("it is valid");
        assert_eq!(*encode(canonical, Kind::Counter, &zone()), away);
    }

    #[test]
    fn a_key_that_would_break_the_page_is_rejected() {
        let rejection =
            |key: Key| canonical(&key, Kind::Histogram, &zone()).map(|_| ()).expect_err("it breaks the page");
        assert_eq!(rejection(key("", &[])), Rejection::NoName);
        assert_eq!(rejection(key("x", &[("", "v")])), Rejection::NoLabelName);
        assert_eq!(rejection(key("x", &[("__name__", "v")])), Rejection::ReservedLabel("__name__".to_owned()));
        assert_eq!(rejection(key("x", &[("1_x", "v")])), Rejection::ReservedLabel("__x".to_owned()));
        assert_eq!(rejection(key("x", &[("a.b", "1"), ("a_b", "2")])), Rejection::DuplicateLabel("a_b".to_owned()));
        assert_eq!(rejection(key("x", &[("le", "1")])), Rejection::BoundLabel("le".to_owned()));
        assert_eq!(rejection(key("x", &[("quantile", "1")])), Rejection::BoundLabel("quantile".to_owned()));
        assert!(canonical(&key("x", &[("le", "1"), ("quantile", "1")]), Kind::Gauge, &zone()).is_ok());
    }
}
