//! How `metrics-exporter-prometheus` has to be told a name or a value, so that it writes what is meant.

use std::borrow::Cow;

/// No name that is handed on as it is ends so.
const MARK: char = ':';

/// The name of a summary: the exporter leaves out a suffix that the name seems to have already, so that of `account` it
/// would write `account_sum` and, for its count, `account`. A mark at the end prevents that.
pub(crate) fn told_summary(name: &str) -> Cow<'_, str> {
    // It asks for no underscore before the suffix.
    if name.ends_with("sum") || name.ends_with("count") || name.ends_with(MARK) {
        return Cow::Owned(format!("{name}{MARK}"));
    }
    Cow::Borrowed(name)
}

/// The name of a summary that was told so.
pub(crate) fn meant_summary(told: &str) -> &str {
    told.strip_suffix(MARK).unwrap_or(told)
}

/// The value of a label: the exporter takes a backslash before a quote or a second backslash for one that escapes it, so
/// that `p"q` and `p\"q` would be written alike. Where each is doubled, each is written as the escaped backslash that it is.
pub(crate) fn told_value(value: &str) -> Cow<'_, str> {
    if value.contains('\\') { Cow::Owned(value.replace('\\', r"\\")) } else { Cow::Borrowed(value) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use metrics::{Key, Label, Level, Metadata, Recorder as _};
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;
    use crate::exposition::escape_value;

    static METADATA: Metadata<'_> = Metadata::new("test", Level::INFO, None);

    #[test]
    fn every_summary_can_be_told_by_its_name() {
        let names = ["wait", "sum", "account", "job_count", "x_bucket", "x:", "x::", "sum:"];
        let told: BTreeSet<_> = names.iter().map(|name| told_summary(name)).collect();
        assert_eq!(told.len(), names.len());
        for name in names {
            let told = told_summary(name);
            assert_eq!(meant_summary(&told), name);
            let exporter = PrometheusBuilder::new().build_recorder();
            exporter.register_histogram(&Key::from_name(told.clone().into_owned()), &METADATA).record(1.0);
            let page = exporter.handle().render();
            for line in [format!("\n{told}{{quantile="), format!("\n{told}_sum 1\n"), format!("\n{told}_count 1\n")] {
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
            let label = Label::new("text", told_value(value).into_owned());
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
