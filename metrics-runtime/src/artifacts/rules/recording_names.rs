//! The names of recorded series, as `level:metric:operations`.
//!
//! | series | what |
//! | --- | --- |
//! | `job_<labels>:<counter without _total>:rate5m` | how often a second it was counted |
//! | `job_<labels>:<histogram>_count:rate5m` | how many calls a second |
//! | `job:<histogram>:p50_rate5m`, `p95_…`, `p99_…` | quantiles; cancelled calls are left out where the label `outcome` tells them apart |
//! | `job:<counter without _total>_per_call:ratio_rate5m` | which part of the calls failed |
//! | `job:<metric>:slo_error_ratio_rate<window>` | which part of an objective's calls was not good |
//! | `job:<metric>:slo_errors_increase<window>` | how many were not good |
//! | `job:<metric>:slo_calls_increase7d` | how many there were |
//!
//! `<labels>` are those of the metric, each with a `_` before it. The level says by which labels the series are told apart.

use super::calls::count_end;
use crate::Metric;

/// The time over which rates are recorded.
pub(in crate::artifacts) const RATE_WINDOW: &str = "5m";

/// The quantiles that are recorded.
pub(in crate::artifacts) const QUANTILES: [f64; 3] = [0.5, 0.95, 0.99];

/// The windows for which the errors of an objective are recorded as a part of its calls.
pub(in crate::artifacts) const OBJECTIVE_WINDOWS: [&str; 9] = ["5m", "30m", "1h", "2h", "6h", "1d", "3d", "7d", "30d"];

/// The labels by which the rate of a metric is recorded, `job` first.
pub(in crate::artifacts) fn rate_labels(metric: &Metric) -> Vec<&'static str> {
    let labels = metric.labels();
    // Prometheus has labels of its own with these names, and then gives ours other ones.
    let own = labels.iter().map(crate::MetricLabel::name).filter(|name| !matches!(*name, "job" | "instance"));
    std::iter::once("job").chain(own).collect()
}

/// The rate of a counter, or of the calls of a histogram.
pub(in crate::artifacts) fn rate_name(metric: &Metric) -> String {
    let level = rate_labels(metric).join("_");
    format!("{level}:{}{}:rate{RATE_WINDOW}", without_total(metric), count_end(metric))
}

/// A quantile of a histogram.
pub(in crate::artifacts) fn quantile_name(histogram: &Metric, quantile: f64) -> String {
    format!("job:{}:p{}_rate{RATE_WINDOW}", histogram.name(), (quantile * 100.0).round())
}

/// The part of the calls that a counter of failures has counted.
pub(in crate::artifacts) fn failure_ratio_name(counter: &Metric) -> String {
    format!("job:{}_per_call:ratio_rate{RATE_WINDOW}", without_total(counter))
}

/// The part of an objective's calls that was not good.
pub(in crate::artifacts) fn objective_ratio_name(metric: &Metric, window: &str) -> String {
    format!("job:{}:slo_error_ratio_rate{window}", without_total(metric))
}

/// The number of an objective's calls that were not good.
pub(in crate::artifacts) fn objective_errors_name(metric: &Metric, window: &str) -> String {
    format!("job:{}:slo_errors_increase{window}", without_total(metric))
}

/// The number of an objective's calls.
pub(in crate::artifacts) fn objective_calls_name(metric: &Metric, window: &str) -> String {
    format!("job:{}:slo_calls_increase{window}", without_total(metric))
}

/// The name of a counter's rate does not end in `_total`.
fn without_total(metric: &Metric) -> &'static str {
    let name = metric.name();
    name.strip_suffix("_total").unwrap_or(name)
}
