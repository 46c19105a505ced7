//! Encodes names and values for `metrics-exporter-prometheus`, so that the exporter writes them unchanged.

use std::borrow::Cow;

/// The end of an encoded name. A name that ends in it anyway is encoded too, so that decoding is unambiguous.
const MARK: char = ':';

/// Encodes the name of a histogram. The exporter leaves out a suffix that the name seems to have already: the count of the
/// histogram `account` would be written as `account`, without `_count`. A mark at the end prevents this.
pub(crate) fn encode_histogram_name(name: &str) -> Cow<'_, str> {
    // The exporter looks for the suffix without its underscore.
    if ["sum", "count", "bucket"].iter().any(|suffix| name.ends_with(suffix)) || name.ends_with(MARK) {
        return Cow::Owned(format!("{name}{MARK}"));
    }
    Cow::Borrowed(name)
}

/// Decodes a name that [`encode_histogram_name`] returned.
pub(crate) fn decode_histogram_name(encoded: &str) -> &str {
    encoded.strip_suffix(MARK).unwrap_or(encoded)
}

/// Encodes the value of a label. The exporter reads a backslash before a quote or before another backslash as an escape, so
/// it would write `p"q` and `p\"q` in the same way. Each backslash is doubled, so that it is written as an escaped backslash.
pub(crate) fn encode_label_value(value: &str) -> Cow<'_, str> {
    if value.contains('\\') { Cow::Owned(value.replace('\\', r"\\")) } else { Cow::Borrowed(value) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use metrics::{Key, Label, Level, Metadata, Recorder as _};
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::super::escapes::escape_value;
    use super::*;

    static METADATA: Metadata<'_> = Metadata::new("test", Level::INFO, None);

    #[test]
    fn an_encoded_histogram_is_written_with_its_suffixes() {
        let names = ["wait", "sum", "account", "job_count", "x_bucket", "x:", "x::", "sum:"];
        let encoded: BTreeSet<_> = names.iter().map(|name| encode_histogram_name(name)).collect();
        assert_eq!(encoded.len(), names.len());
        for name in names {
            let encoded = encode_histogram_name(name);
            assert_eq!(decode_histogram_name(&encoded), name);
            let exporter = PrometheusBuilder::new().set_buckets(&[1.0]).expect("there is a bucket").build_recorder();
            exporter.register_histogram(&Key::from_name(encoded.clone().into_owned()), &METADATA).record(1.0);
            let page = exporter.handle().render();
            for line in [
                format!("\n{encoded}_bucket{{le=\"1\"}} 1\n"),
                format!("\n{encoded}_sum 1\n"),
                format!("\n{encoded}_count 1\n"),
            ] {
                assert!(page.contains(&line), "{line}: {page}");
            }
        }
    }

    #[test]
    fn an_encoded_value_is_written_unchanged() {
        // All texts of up to five characters: the three special ones, and an ordinary one.
        let mut values = vec![String::new()];
        for length in 0..5 {
            let longer = values.iter().filter(|value| value.len() == length);
            let longer: Vec<_> =
                longer.flat_map(|value| ['\\', '"', '\n', 'n'].map(|next| format!("{value}{next}"))).collect();
            values.extend(longer);
        }
        let exporter = PrometheusBuilder::new().build_recorder();
        for value in &values {
            let label = Label::new("text", encode_label_value(value).into_owned());
            exporter.register_gauge(&Key::from_parts("x", vec![label]), &METADATA).set(1.0);
        }
        let page = exporter.handle().render();
        let lines: BTreeSet<&str> = page.lines().collect();
        for value in &values {
            let line = format!("x{{text=\"{}\"}} 1", escape_value(value));
            assert!(lines.contains(&*line), "{line} is not on the page\n{page}");
        }
    }
}
