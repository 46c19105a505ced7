//! The rows that are not of one function: metrics recorded by hand, queues, services, Redis, and the process.

use super::functions::{grafana_unit, recorded_by_hand};
use super::layout::Row;
use super::panel::{Panel, Query, Style};
use super::promql::{label_names, legend, max_by, quantile, rate, selector, sum_by};
use super::variables::Variables;
use crate::{Catalog, Kind, Metric};

/// Metrics that hand-written code records, a panel for each.
pub(super) fn by_hand(catalog: &Catalog, variables: &Variables) -> Row {
    let panels = recorded_by_hand(catalog).map(|metric| plain(metric, variables)).collect();
    Row { title: "Recorded by hand".to_owned(), key: "recorded by hand".to_owned(), panels, is_closed: false }
}

/// The panel of a metric of which nothing more is known: rates of a counter, values of a gauge, P50 and P95 of a histogram,
/// by its labels.
fn plain(metric: &Metric, variables: &Variables) -> Panel {
    let labels = label_names(metric);
    let queries = match metric.kind() {
        Kind::Counter => vec![Query::new(rate(variables, metric, "", &labels, ""), legend("", &labels))],
        // The sum over instances: the number of jobs, of connections. Ages and ratios have no sum.
        Kind::Gauge => {
            let unit = grafana_unit(metric);
            let aggregate = if unit == "short" || unit == "bytes" { sum_by(&labels) } else { max_by(&labels) };
            let expression = format!("{aggregate} ({})", selector(variables, metric, "", ""));
            vec![Query::new(expression, legend("", &labels))]
        }
        Kind::Histogram => {
            let query = |share, name| Query::new(quantile(variables, metric, share, &labels), legend(name, &labels));
            vec![query(0.5, "P50").with_exemplars(), query(0.95, "P95")]
        }
    };
    let description = format!("{} ({})", metric.help(), metric.name());
    Panel::lines(metric.name(), grafana_unit(metric), &description, queries)
}

/// Which metrics of the toolkit a row shows, if they are in the catalog.
fn known(catalog: &Catalog, variables: &Variables, title: &str, names: &[&str]) -> Row {
    let metrics = names.iter().filter_map(|name| catalog.metric(name));
    let panels = metrics.map(|metric| plain(metric, variables)).collect();
    Row { title: title.to_owned(), key: title.to_lowercase(), panels, is_closed: false }
}

/// The queues that are sampled.
pub(super) fn queues(catalog: &Catalog, variables: &Variables) -> Row {
    const NAMES: [&str; 8] = [
        "queue_depth",
        "queue_oldest_job_age_seconds",
        "queue_processing_depth",
        "queue_processing_oldest_job_age_seconds",
        "queue_dead_letter_depth",
        "queue_dead_letter_oldest_job_age_seconds",
        "queue_sample_age_seconds",
        "queue_sample_failures_total",
    ];
    known(catalog, variables, "Queues", &NAMES)
}

/// The services whose addresses are in Redis, and Redis itself.
pub(super) fn services(catalog: &Catalog, variables: &Variables) -> Row {
    const NAMES: [&str; 5] = [
        "service_url_age_seconds",
        "service_url_refreshes_total",
        "redis_command_seconds",
        "redis_errors_total",
        "fleet_renewal_failures_total",
    ];
    known(catalog, variables, "Redis, and services found in it", &NAMES)
}

/// The process, and the health of the metrics themselves.
pub(super) fn process(catalog: &Catalog, variables: &Variables) -> Row {
    const NAMES: [&str; 8] = [
        "process_resident_memory_bytes",
        "process_virtual_memory_bytes",
        "process_open_fds",
        "process_threads",
        "metrics_processes",
        "calls_killed_total",
        "metrics_values_refused_total",
        "metrics_label_overflow_total",
    ];
    let mut panels = Vec::new();
    if let Some(cpu) = catalog.metric("process_cpu_seconds_total") {
        let expression = rate(variables, cpu, "", &["instance"], "");
        let query = vec![Query::new(expression, "{{instance}}")];
        panels.push(Panel::lines("CPU, in cores", "short", cpu.help(), query));
    }
    if let Some(start) = catalog.metric("process_start_time_seconds") {
        let expression = format!("time() - {}", selector(variables, start, "", ""));
        panels.push(Panel::lines(
            "Time since the start",
            "s",
            start.help(),
            vec![Query::new(expression, "{{instance}}")],
        ));
    }
    if let Some(build) = catalog.metric("build_info") {
        let labels: Vec<&str> = label_names(build).into_iter().chain(["instance"]).collect();
        let expression = format!("{} ({})", max_by(&labels), selector(variables, build, "", ""));
        let query = vec![Query::new(expression, "")];
        panels.push(Panel::lines("Versions", "short", build.help(), query).with_style(Style::Table));
    }
    let mut row = known(catalog, variables, "Process", &NAMES);
    panels.append(&mut row.panels);
    Row { panels, ..row }
}
