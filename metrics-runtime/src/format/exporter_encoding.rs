//! How a name or a value is encoded for `metrics-exporter-prometheus`, so that the exporter writes it unchanged.

use std::borrow::Cow;

/// A name that ends in it is always encoded, so that decoding is unambiguous.
const MARK: char = ':';

/// The name of a summary: the exporter leaves out a suffix that the name seems to have already, so that of `account` it
/// would write `account_sum` and, for its count, `account`. A mark at the end prevents that.
pub(crate) fn encode_summary_name(name: &str) -> Cow<'_, str> {
    // It asks for no underscore before the suffix.
    if name.ends_with("sum") || name.ends_with("count") || name.ends_with(MARK) {
        return Cow::Owned(format!("{name}{MARK}"));
    }
    Cow::Borrowed(name)
}

/// The name of a summary that was encoded in this way.
pub(crate) fn decode_summary_name(encoded: &str) -> &str {
    encoded.strip_suffix(MARK).unwrap_or(encoded)
}

/// The value of a label: the exporter takes a backslash before a quote or a second backslash for one that escapes it, so
/// that `p"q` and `p\"q` would be written alike. Where each is doubled, each is written as the escaped backslash that it is.
pub(crate) fn encode_label_value(value: &str) -> Cow<'_, str> {
    if value.contains('\\') { Cow::Owned(value.replace('\\', r"\\")) } else { Cow::Borrowed(value) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use metrics::{Key, Label, Level, Metadata, Recorder as _};
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;
    use crate::format::escapes::escape_value;

    static METADATA: Metadata<'_> = Metadata::new("test", Level::INFO, None);

    #[test]
    fn every_summary_can_be_encoded_by_its_name() {
        let names = ["wait", "sum", "account", "job_count", "x_bucket", "x:", "x::", "sum:"];
        let encoded: BTreeSet<_> = names.iter().map(|name| encode_summary_name(name)).collect();
        assert_eq!(encoded.len(), names.len());
        for name in names {
            let encoded = encode_summary_name(name);
            assert_eq!(decode_summary_name(&encoded), name);
            let exporter = PrometheusBuilder::new().build_recorder();
            exporter.register_histogram(&Key::from_name(encoded.clone().into_owned()), &METADATA).record(1.0);
            let page = exporter.handle().render();
            for line in
                [format!("\n{encoded}{{quantile="), format!("\n{encoded}_sum 1\n"), format!("\n{encoded}_count 1\n")]
            {
                assert!(page.contains(&line), "{line}: {page}");
            }
        }
    }

    #[test]
    fn every_value_is_written_as_it_is() {
        // All texts of up to five of the characters that mean something, and one that does not.
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
            assert!(lines.contains(&*line), "{line} is not on\n{page}");
        }
    }
}
