//! The queries of the panels.

use std::fmt::Write as _;

use super::variables::Variables;
use crate::{Metric, MetricLabel};

/// The selector of a metric's series: the chosen jobs and instances, and the chosen values of its closed labels.
pub(super) fn selector(variables: &Variables, metric: &Metric, suffix: &str, more: &str) -> String {
    let name = metric.name();
    let mut matchers = String::from("job=~\"$job\", instance=~\"$instance\"");
    for label in metric.labels().iter().map(MetricLabel::name).filter(|label| variables.has(label)) {
        let _ = write!(matchers, ", {label}=~\"${label}\"");
    }
    if !more.is_empty() {
        let _ = write!(matchers, ", {more}");
    }
    format!("{name}{suffix}{{{matchers}}}")
}

/// `sum by (a, b)`, or `sum`.
pub(super) fn sum_by(labels: &[&str]) -> String {
    aggregate("sum", labels)
}

/// `max by (a, b)`, or `max`.
pub(super) fn max_by(labels: &[&str]) -> String {
    aggregate("max", labels)
}

fn aggregate(function: &str, labels: &[&str]) -> String {
    if labels.is_empty() { function.to_owned() } else { format!("{function} by ({})", labels.join(", ")) }
}

/// Events in a second.
pub(super) fn rate(variables: &Variables, metric: &Metric, suffix: &str, by: &[&str], more: &str) -> String {
    format!("{} (rate({}[$__rate_interval]))", sum_by(by), selector(variables, metric, suffix, more))
}

/// A quantile of a histogram.
pub(super) fn quantile(variables: &Variables, metric: &Metric, quantile: f64, by: &[&str]) -> String {
    let by: Vec<&str> = ["le"].iter().chain(by).copied().collect();
    format!("histogram_quantile({quantile}, {})", rate(variables, metric, "_bucket", &by, ""))
}

/// `{{a}} {{b}}`, the legend of series that differ in these labels; without labels, the text.
pub(super) fn legend(text: &str, labels: &[&str]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| format!("{{{{{label}}}}}")).collect();
    match (text, &labels[..]) {
        ("", labels) => labels.join(" "),
        (text, []) => text.to_owned(),
        (text, labels) => format!("{text} {}", labels.join(" ")),
    }
}

/// The names of a metric's labels.
pub(super) fn label_names(metric: &Metric) -> Vec<&'static str> {
    metric.labels().iter().map(MetricLabel::name).collect()
}
