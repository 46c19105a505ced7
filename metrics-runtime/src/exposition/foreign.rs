//! The metrics of other crates, as `metrics-exporter-prometheus` writes them: in an order that changes from page to page.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use super::Format;

/// Appends a page to ours, its metrics in the order of their names, their series in the order of their labels.
pub(crate) fn append_sorted(page: &mut String, foreign: &str, format: Format, full: &mut dyn FnMut(&mut String)) {
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
        full(page);
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
    let Some(number) = bound_in(series) else { return series.to_owned() };
    let mut decimal = String::new();
    match series[number.clone()].parse() {
        Ok(bound) => Format::OpenMetrics.push_bound(&mut decimal, bound),
        Err(_) => return series.to_owned(),
    }
    format!("{}{decimal}{}", &series[..number.start], &series[number.end..])
}

/// The labels of a line that its neighbours of the same histogram or summary have too.
fn label_set(line: &str) -> String {
    let Some(begin) = line.find('{') else { return String::new() };
    let labels = line.rfind('}').filter(|end| *end > begin).map_or(&line[begin + 1..], |end| &line[begin + 1..end]);
    let own = match bound_in(line) {
        // Back over `le="` or `quantile="`.
        Some(number) => line[begin + 1..number.start].rsplit_once(',').map_or("", |(own, _)| own),
        None => labels,
    };
    own.to_owned()
}

/// Where the bound of a bucket or of a summary stands: it is the last label.
fn bound_in(series: &str) -> Option<Range<usize>> {
    ["le=\"", "quantile=\""].into_iter().find_map(|label| {
        // `quantile="` ends as `le="` begins.
        let at = series.rfind(label).filter(|at| series[..*at].ends_with(['{', ',']))?;
        let start = at + label.len();
        let length = series[start..].find('"')?;
        Some(start..start + length)
    })
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
        append_sorted(&mut page, foreign, Format::Text, &mut |_| {});
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
        append_sorted(&mut page, foreign, Format::OpenMetrics, &mut |_| {});
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
