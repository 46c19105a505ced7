//! The list of the program's metrics, which are known before it runs.

use std::fmt::Write as _;

use metrics_runtime::{Metric, MetricLabel};
use serde_json::{Value, json};

use super::options::{Format, MetricListOptions};

/// The metrics, sorted by name.
pub(crate) fn metric_list(options: &MetricListOptions) -> String {
    let catalog = metrics_runtime::catalog();
    match options.format {
        Format::Table => {
            let rows: Vec<[String; 4]> = catalog.metrics().map(row).collect();
            table(&rows, catalog.metrics().count(), catalog.max_series())
        }
        Format::Json => {
            let metrics: Vec<Value> = catalog.metrics().map(object).collect();
            let all = json!({ "max_series": catalog.max_series(), "metrics": metrics });
            format!("{all:#}\n")
        }
    }
}

fn row(metric: &Metric) -> [String; 4] {
    let labels: Vec<String> =
        metric.labels().iter().map(|label| format!("{} ({})", label.name(), label.max_values())).collect();
    [metric.name().to_owned(), metric.kind().to_string(), labels.join(" "), metric.max_series().to_string()]
}

fn table(rows: &[[String; 4]], metrics: usize, series: u64) -> String {
    let heading = ["metric", "kind", "labels (values)", "series"].map(str::to_owned);
    let width = |at: usize| rows.iter().chain([&heading]).map(|row| row[at].chars().count()).max().unwrap_or(0);
    let [name, kind, labels, count] = [0, 1, 2, 3].map(width);
    let mut text = String::new();
    for row in [&heading].into_iter().chain(rows) {
        let _ = writeln!(text, "{:name$}  {:kind$}  {:labels$}  {:>count$}", row[0], row[1], row[2], row[3]);
    }
    let _ = writeln!(text, "\n{metrics} metrics, {series} series at most");
    text
}

fn object(metric: &Metric) -> Value {
    let labels: Vec<Value> = metric.labels().iter().map(label).collect();
    let sites: Vec<Value> = metric
        .sites()
        .iter()
        .map(|site| json!({ "item": site.item(), "module": site.module(), "file": site.file(), "line": site.line() }))
        .collect();
    json!({
        "name": metric.name(),
        "kind": metric.kind().as_str(),
        "unit": metric.unit(),
        "help": metric.help(),
        "labels": labels,
        "buckets": metric.buckets(),
        "budget": metric.budget(),
        "max_series": metric.max_series(),
        "sites": sites,
    })
}

fn label(label: &MetricLabel) -> Value {
    json!({ "name": label.name(), "values": label.values(), "max_values": label.max_values() })
}
