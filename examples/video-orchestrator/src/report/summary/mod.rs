//! The table at the end: the page `/metrics`, for people.

mod page;
mod quantile;

use std::fmt::Write as _;

use page::{Metric, Series};
use quantile::{Estimate, histogram_quantile};

/// One line of the table.
struct Row {
    metric: String,
    labels: String,
    count: String,
    mean: String,
    p50: String,
    p95: String,
}

/// Makes the table from a page in the Prometheus text format. Series that are still zero are left out, but each metric
/// has a line. What says nothing of the jobs is left out: the state of the process, and the program's version.
pub(crate) fn summary_table(page: &str) -> String {
    let mut rows = vec![Row {
        metric: "metric".to_owned(),
        labels: "labels".to_owned(),
        count: "count".to_owned(),
        mean: "mean".to_owned(),
        p50: "P50".to_owned(),
        p95: "P95".to_owned(),
    }];
    let mut metrics = page::parse(page);
    metrics.retain(|metric| !metric.name.starts_with("process_") && metric.name != "build_info");
    metrics.sort_by(|one, other| one.name.cmp(&other.name));
    for metric in metrics {
        let mut metric_rows: Vec<Row> = match metric.kind.as_str() {
            "histogram" => histogram_rows(&metric),
            _ => {
                let series = metric.series.iter().filter(|series| series.value != 0.0);
                series.map(|series| series_row(&metric, series)).collect()
            }
        };
        if metric_rows.is_empty() {
            metric_rows.push(plain_row(&metric.name, String::new(), "0".to_owned()));
        }
        metric_rows.sort_by(|one, other| one.labels.cmp(&other.labels));
        rows.extend(metric_rows);
    }
    to_text(&rows)
}

fn series_row(metric: &Metric, series: &Series) -> Row {
    plain_row(&metric.name, series.labels_without("le"), series.value.to_string())
}

fn plain_row(metric: &str, labels: String, count: String) -> Row {
    Row { metric: metric.to_owned(), labels, count, mean: String::new(), p50: String::new(), p95: String::new() }
}

fn histogram_rows(metric: &Metric) -> Vec<Row> {
    let part = |suffix: &'static str| {
        let name = format!("{}{suffix}", metric.name);
        metric.series.iter().filter(move |series| series.name == name)
    };
    let mut rows = Vec::new();
    for counted in part("_count").filter(|series| series.value > 0.0) {
        let labels = counted.labels_without("le");
        let has_same_labels = |series: &&Series| series.labels_without("le") == labels;
        let sum = part("_sum").find(has_same_labels).map_or(0.0, |series| series.value);
        let buckets: Vec<(f64, f64)> = part("_bucket")
            .filter(has_same_labels)
            .filter_map(|series| Some((series.bound()?, series.value)))
            .collect();
        rows.push(Row {
            metric: metric.name.clone(),
            count: counted.value.to_string(),
            mean: seconds(sum / counted.value),
            p50: quantile_text(0.5, &buckets),
            p95: quantile_text(0.95, &buckets),
            labels,
        });
    }
    rows
}

fn quantile_text(quantile: f64, buckets: &[(f64, f64)]) -> String {
    match histogram_quantile(quantile, buckets) {
        Some(Estimate::Within(value)) => seconds(value),
        Some(Estimate::Above(bound)) => format!("> {}", seconds(bound)),
        None => String::new(),
    }
}

fn seconds(value: f64) -> String {
    let decimals = if value < 0.1 {
        4
    } else if value < 10.0 {
        2
    } else {
        1
    };
    format!("{value:.decimals$} s")
}

fn to_text(rows: &[Row]) -> String {
    let width = |column: fn(&Row) -> &str| rows.iter().map(|row| column(row).chars().count()).max().unwrap_or(0);
    let (metric, labels, count) = (width(|row| &row.metric), width(|row| &row.labels), width(|row| &row.count));
    let (mean, p50, p95) = (width(|row| &row.mean), width(|row| &row.p50), width(|row| &row.p95));
    let mut text = String::new();
    for row in rows {
        let line = format!(
            "{:metric$}  {:labels$}  {:>count$}  {:>mean$}  {:>p50$}  {:>p95$}",
            row.metric, row.labels, row.count, row.mean, row.p50, row.p95
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_becomes_a_table() {
        let page = "\
# HELP jobs_total Jobs.
# TYPE jobs_total counter
jobs_total{kind=\"a, \\\"b\\\"\"} 3
jobs_total{kind=\"c\"} 0
# TYPE none_total counter
none_total 0
# TYPE build_info gauge
build_info{version=\"1.0.0\"} 1
# TYPE process_threads gauge
process_threads 3
# TYPE wait_seconds histogram
wait_seconds_bucket{step=\"x\",le=\"1\"} 2
wait_seconds_bucket{step=\"x\",le=\"2\"} 4
wait_seconds_bucket{step=\"x\",le=\"+Inf\"} 4
wait_seconds_sum{step=\"x\"} 5
wait_seconds_count{step=\"x\"} 4
";
        let expected = "\
metric        labels       count    mean     P50     P95
jobs_total    kind=a, \"b\"      3
none_total                     0
wait_seconds  step=x           4  1.25 s  1.00 s  1.90 s
";
        assert_eq!(summary_table(page), expected);
    }
}
