//! Sorts and rewrites other crates' part of the page, which `metrics-exporter-prometheus` writes in an order that changes
//! from page to page.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use crate::format::{Format, decode_histogram_name, escape_help};
use crate::vocabulary::Kind;

/// Appends the exporter's page `foreign` to ours. Its metrics are sorted by name, and their series by labels. `help` gives a
/// metric's help text, and `bounds` the bounds of the buckets to show of a histogram. After each metric it calls `flush` with
/// the text so far.
pub(crate) fn append_sorted(
    page: &mut String,
    foreign: &str,
    format: Format,
    help: &dyn Fn(Kind, &str) -> Option<String>,
    bounds: &dyn Fn(&str) -> Vec<f64>,
    flush: &mut dyn FnMut(&mut String),
) {
    let mut metrics: BTreeMap<&str, Metric<'_>> = BTreeMap::new();
    let mut current = None;
    for line in foreign.lines().filter(|line| !line.is_empty()) {
        if let Some((exported, kind)) = line.strip_prefix("# TYPE ").and_then(|line| line.split_once(' ')) {
            let (kind, name) = match kind {
                "counter" => (Kind::Counter, exported),
                "gauge" => (Kind::Gauge, exported),
                _ => (Kind::Histogram, decode_histogram_name(exported)),
            };
            current = Some(metrics.entry(name).or_insert_with(|| Metric {
                exported_name: exported,
                kind,
                bounds: if kind == Kind::Histogram { bounds(name) } else { Vec::new() },
                series: BTreeMap::new(),
            }));
        } else if let Some(metric) = &mut current {
            metric.add(line);
        }
    }
    for (name, metric) in metrics {
        metric.write(name, page, format, help);
        flush(page);
    }
}

/// The lines of one metric.
struct Metric<'a> {
    /// The name that the exporter writes.
    exported_name: &'a str,
    kind: Kind,
    /// The bounds of the buckets to show. The exporter counts in more of them.
    bounds: Vec<f64>,
    /// The rest of each line after the name, by the labels without `le`. The lines of one label set keep their
    /// order.
    series: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Metric<'a> {
    fn add(&mut self, line: &'a str) {
        let Some(rest) = line.strip_prefix(self.exported_name) else { return };
        let bound = self.find_bound(rest);
        if self.is_shown(rest, bound.as_ref()) {
            self.series.entry(label_set(rest, bound)).or_default().push(rest);
        }
    }

    /// Whether this is not the line of a bucket that is left out.
    fn is_shown(&self, rest: &str, bound: Option<&Range<usize>>) -> bool {
        let bound = bound.and_then(|number| rest[number.clone()].parse::<f64>().ok());
        bound.is_none_or(|bound| bound.is_infinite() || self.bounds.contains(&bound))
    }

    fn write(&self, name: &str, page: &mut String, format: Format, help: &dyn Fn(Kind, &str) -> Option<String>) {
        let kind = self.kind;
        let family = format.family_name(name, kind == Kind::Counter);
        // Writing to a string does not fail.
        if let Some(help) = help(kind, name) {
            let _ = writeln!(page, "# HELP {family} {}", escape_help(&help, format));
        }
        let _ = writeln!(page, "# TYPE {family} {kind}");
        let has_sums = format == Format::Text || kind != Kind::Histogram || !self.has_negative_values();
        for rest in self.series.values().flatten() {
            if !has_sums && is_sum_or_count(rest) {
                continue;
            }
            let (series, value) = rest.rsplit_once(' ').unwrap_or((rest, ""));
            match format {
                // In OpenMetrics the series of a counter end in `_total`, whatever the counter's name is.
                Format::OpenMetrics if kind == Kind::Counter => {
                    let _ = write!(page, "{family}_total{series}");
                }
                _ => {
                    page.push_str(name);
                    self.push_series(page, series, format);
                }
            }
            page.push(' ');
            page.push_str(match value {
                "inf" => "+Inf",
                "-inf" => "-Inf",
                number => number,
            });
            page.push('\n');
        }
    }

    /// Whether negative values can be seen of a histogram. Its sum can then fall, and OpenMetrics forbids it, and the count without
    /// it: <https://prometheus.io/docs/specs/om/open_metrics_spec/#histogram>.
    fn has_negative_values(&self) -> bool {
        let is_negative_sum = |rest: &&&str| {
            let sum = rest.rsplit_once(' ').filter(|_| is_sum_or_count(rest));
            sum.and_then(|(_, sum)| sum.parse().ok()).is_some_and(|sum: f64| sum < 0.0)
        };
        self.bounds.first().is_some_and(|bound| *bound < 0.0)
            || self.series.values().flatten().any(|rest| is_negative_sum(&rest))
    }

    /// Appends the rest of a series after its name. In OpenMetrics `le="10"` becomes `le="10.0"`.
    fn push_series(&self, page: &mut String, series: &str, format: Format) {
        if format == Format::OpenMetrics
            && let Some(number) = self.find_bound(series)
            && let Ok(bound) = series[number.clone()].parse()
        {
            page.push_str(&series[..number.start]);
            format.push_bound(page, bound);
            page.push_str(&series[number.end..]);
        } else {
            page.push_str(series);
        }
    }

    /// The range of the number in the label `le` of a histogram. In metrics of other kinds it is an ordinary label.
    fn find_bound(&self, series: &str) -> Option<Range<usize>> {
        const LABEL: &str = "le=\"";
        // A sum or a count has no bound, but a label's value may end with the same text, such as `,le=`.
        if self.kind != Kind::Histogram || is_sum_or_count(series) {
            return None;
        }
        let at = series.rfind(LABEL).filter(|at| series[..*at].ends_with(['{', ',']))?;
        let start = at + LABEL.len();
        // The bound is the last label. The value of another label may end with the same text, such as `,le=`.
        let length = series[start..].find('"').filter(|length| series[start + length..].starts_with("\"}"))?;
        Some(start..start + length)
    }
}

/// Whether the rest of a histogram's line is not that of a bucket.
fn is_sum_or_count(rest: &str) -> bool {
    rest.starts_with("_sum") || rest.starts_with("_count")
}

/// The labels of a line without `le`, whose number is at `bound`: all lines of one histogram share them.
fn label_set(line: &str, bound: Option<Range<usize>>) -> &str {
    let Some(begin) = line.find('{') else { return "" };
    match bound {
        // The bound's own label begins after the last comma before the number.
        Some(number) => line[begin + 1..number.start].rsplit_once(',').map_or("", |(own, _)| own),
        None => line.rfind('}').and_then(|end| line.get(begin + 1..end)).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_ends_like_the_label_of_a_bound_is_not_one() {
        let foreign = "\
# TYPE a histogram
a_bucket{x=\",le=\",y=\"} a\",le=\"1\"} 0
a_bucket{x=\",le=\",y=\"} a\",le=\"+Inf\"} 1
a_sum{x=\",le=\",y=\"} a\"} 1.5
a_count{x=\",le=\",y=\"} a\"} 1
a_bucket{x=\",le=\",w=\"b\",le=\"1\"} 0
a_bucket{x=\",le=\",w=\"b\",le=\"+Inf\"} 1
a_sum{x=\",le=\",w=\"b\"} 1.5
a_count{x=\",le=\",w=\"b\"} 1
";
        let (first, second) = foreign.split_at(foreign.find("a_bucket{x=\",le=\",w").expect("it is there"));
        let (head, first) = first.split_at(first.find('\n').expect("it has lines") + 1);
        assert_eq!(sorted(foreign, Format::Text), [head, second, first].concat());
    }

    fn sorted(foreign: &str, format: Format) -> String {
        let help = |kind, name: &str| (kind == Kind::Counter).then(|| format!("The \"{name}\"."));
        let mut page = String::new();
        append_sorted(&mut page, foreign, format, &help, &|_| vec![1.0, 10.0], &mut |_| {});
        page
    }

    #[test]
    fn metrics_are_sorted_by_name_and_series_by_labels() {
        let foreign = "\
# TYPE b_total counter
b_total{x=\"2\"} 1
b_total{x=\"1\"} 1

# TYPE a histogram
a_bucket{x=\"2\",le=\"1\"} 1
a_bucket{x=\"2\",le=\"+Inf\"} 2
a_sum{x=\"2\"} 3
a_bucket{le=\"1\"} 7
a_sum 8

";
        let expected = "\
# TYPE a histogram
a_bucket{le=\"1\"} 7
a_sum 8
a_bucket{x=\"2\",le=\"1\"} 1
a_bucket{x=\"2\",le=\"+Inf\"} 2
a_sum{x=\"2\"} 3
# HELP b_total The \"b_total\".
# TYPE b_total counter
b_total{x=\"1\"} 1
b_total{x=\"2\"} 1
";
        assert_eq!(sorted(foreign, Format::Text), expected);
    }

    #[test]
    fn openmetrics_writes_suffixes_bounds_and_infinity_differently() {
        let foreign = "\
# TYPE requests counter
requests{x=\"1\"} 1
# TYPE load gauge
load inf
# TYPE wait histogram
wait_bucket{le=\"2\"} 1
wait_bucket{le=\"10\"} 1
wait_bucket{le=\"+Inf\"} 1
wait_sum 3.5
wait_count 1
";
        let expected = "\
# TYPE load gauge
load +Inf
# HELP requests The \\\"requests\\\".
# TYPE requests counter
requests_total{x=\"1\"} 1
# TYPE wait histogram
wait_bucket{le=\"10.0\"} 1
wait_bucket{le=\"+Inf\"} 1
wait_sum 3.5
wait_count 1
";
        assert_eq!(sorted(foreign, Format::OpenMetrics), expected);
    }

    #[test]
    fn a_label_is_a_bound_only_in_its_type_of_metric() {
        let foreign = "\
# TYPE level gauge
level{le=\"1\",x=\"2\"} 1
level{le=\"2\"} 2
# TYPE waits_total counter
waits_total{le=\"1\"} 3
";
        let expected = "\
# TYPE level gauge
level{le=\"1\",x=\"2\"} 1
level{le=\"2\"} 2
# HELP waits The \\\"waits_total\\\".
# TYPE waits counter
waits_total{le=\"1\"} 3
";
        assert_eq!(sorted(foreign, Format::OpenMetrics), expected);
    }

    #[test]
    fn a_label_value_that_looks_like_a_bound_is_not_one() {
        let foreign = "\
# TYPE wait histogram
wait_sum{x=\"a,le=\",y=\"b\"} 3
wait_bucket{x=\"a\",le=\"1\"} 1
wait_bucket{x=\"a,le=\",y=\"b\",le=\"1\"} 2
";
        let expected = "\
# TYPE wait histogram
wait_bucket{x=\"a\",le=\"1\"} 1
wait_sum{x=\"a,le=\",y=\"b\"} 3
wait_bucket{x=\"a,le=\",y=\"b\",le=\"1\"} 2
";
        assert_eq!(sorted(foreign, Format::Text), expected);
    }

    #[test]
    fn the_encoded_name_of_a_histogram_is_decoded() {
        let foreign = "\
# TYPE account: histogram
account:_bucket{le=\"1\"} 1
account:_sum{x=\"1\"} 3
account:_count 1
";
        let expected = "\
# TYPE account histogram
account_bucket{le=\"1\"} 1
account_count 1
account_sum{x=\"1\"} 3
";
        assert_eq!(sorted(foreign, Format::Text), expected);
    }
}
