//! The metrics of other crates, as `metrics-exporter-prometheus` writes them: in an order that changes from page to page.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Format;

/// Appends a page to ours, its metrics in the order of their names, their series in the order of their labels.
pub(crate) fn append_sorted(page: &mut String, foreign: &str, format: Format) {
    let mut metrics: BTreeMap<&str, Metric<'_>> = BTreeMap::new();
    let mut current = "";
    for line in foreign.lines().filter(|line| !line.is_empty()) {
        let mut words = line.splitn(4, ' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some("#"), Some(word @ ("HELP" | "TYPE")), Some(name), text) => {
                current = name;
                let (metric, text) = (metrics.entry(name).or_default(), text.unwrap_or_default());
                if word == "HELP" {
                    metric.help = Some(text);
                } else {
                    metric.kind = text;
                }
            }
            _ => metrics.entry(current).or_default().add(line),
        }
    }
    for (name, metric) in metrics {
        metric.write(name, page, format);
    }
}

/// The lines of one metric.
#[derive(Default)]
struct Metric<'a> {
    help: Option<&'a str>,
    kind: &'a str,
    /// By the labels without `le` and `quantile`; the lines of one set keep their order.
    series: BTreeMap<String, Vec<&'a str>>,
}

impl<'a> Metric<'a> {
    fn add(&mut self, line: &'a str) {
        self.series.entry(label_set(line)).or_default().push(line);
    }

    fn write(&self, name: &str, page: &mut String, format: Format) {
        let is_counter = self.kind == "counter";
        let family = format.family(name, is_counter);
        if let Some(help) = self.help {
            // The exporter has escaped what both formats escape; OpenMetrics escapes quotes as well.
            let help = if format == Format::OpenMetrics { help.replace('"', "\\\"") } else { help.to_owned() };
            // Writing to a string does not fail.
            let _ = writeln!(page, "# HELP {family} {help}");
        }
        if !self.kind.is_empty() {
            let _ = writeln!(page, "# TYPE {family} {}", self.kind);
        }
        for line in self.series.values().flatten() {
            let (series, value) = line.rsplit_once(' ').unwrap_or((line, ""));
            let series = match format {
                Format::Text => series.to_owned(),
                Format::OpenMetrics if is_counter => with_total(series, name, family),
                Format::OpenMetrics => with_decimal_bound(series),
            };
            page.push_str(&series);
            page.push(' ');
            page.push_str(match value {
                "inf" => "+Inf",
                "-inf" => "-Inf",
                number => number,
            });
            page.push('\n');
        }
    }
}

/// OpenMetrics' counters have series that end in `_total`, whatever their name.
fn with_total(series: &str, name: &str, family: &str) -> String {
    series.strip_prefix(name).map_or_else(|| series.to_owned(), |labels| format!("{family}_total{labels}"))
}

/// `le="10"` becomes `le="10.0"`.
fn with_decimal_bound(series: &str) -> String {
    for bound in ["le=\"", "quantile=\""] {
        let Some(at) = series.rfind(bound).filter(|at| series[..*at].ends_with(['{', ','])) else { continue };
        let (before, rest) = series.split_at(at + bound.len());
        let Some((number, after)) = rest.split_once('"') else { continue };
        if let Ok(number) = number.parse() {
            return format!("{before}{}\"{after}", Format::OpenMetrics.bound(number));
        }
    }
    series.to_owned()
}

/// The labels of a line that its neighbours of the same histogram or summary have too. Both bounds are written last.
fn label_set(line: &str) -> String {
    let Some((_, rest)) = line.split_once('{') else { return String::new() };
    let labels = rest.rsplit_once('}').map_or(rest, |(labels, _)| labels);
    let bound = ["le=\"", "quantile=\""].into_iter().find_map(|bound| {
        // `quantile="` ends as `le="` begins.
        labels.rfind(bound).filter(|at| *at == 0 || labels[..*at].ends_with(','))
    });
    let own = bound.map_or(labels, |at| &labels[..at]);
    own.trim_end_matches(',').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_names_and_labels() {
        let foreign = "\
# HELP b_total Second.
# TYPE b_total counter
b_total{x=\"2\"} 1
b_total{x=\"1\"} 1

# TYPE a summary
a{x=\"2\",quantile=\"0\"} 1
a{x=\"2\",quantile=\"1\"} 2
a_sum{x=\"2\"} 3
a{quantile=\"0.5\"} 7
a_sum 8

";
        let mut page = String::new();
        append_sorted(&mut page, foreign, Format::Text);
        let expected = "\
# TYPE a summary
a{quantile=\"0.5\"} 7
a_sum 8
a{x=\"2\",quantile=\"0\"} 1
a{x=\"2\",quantile=\"1\"} 2
a_sum{x=\"2\"} 3
# HELP b_total Second.
# TYPE b_total counter
b_total{x=\"1\"} 1
b_total{x=\"2\"} 1
";
        assert_eq!(page, expected);
    }

    #[test]
    fn openmetrics_has_its_own_ways() {
        let foreign = "\
# HELP requests Of \"others\".
# TYPE requests counter
requests{x=\"1\"} 1
# TYPE load gauge
load inf
# TYPE wait histogram
wait_bucket{le=\"10\"} 1
wait_bucket{le=\"+Inf\"} 1
wait_sum 3.5
wait_count 1
";
        let mut page = String::new();
        append_sorted(&mut page, foreign, Format::OpenMetrics);
        let expected = "\
# TYPE load gauge
load +Inf
# HELP requests Of \\\"others\\\".
# TYPE requests counter
requests_total{x=\"1\"} 1
# TYPE wait histogram
wait_bucket{le=\"10.0\"} 1
wait_bucket{le=\"+Inf\"} 1
wait_sum 3.5
wait_count 1
";
        assert_eq!(page, expected);
    }
}
