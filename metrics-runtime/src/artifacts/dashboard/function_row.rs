//! The row of a function: how often it is called, how it fails, how long it takes, and what is in flight.

use super::functions::{Function, grafana_unit};
use super::layout::Row;
use super::panel::{Panel, Query, Style};
use super::promql::{legend, max_by, quantile, rate, selector, sum_by};
use super::variables::Variables;
use crate::artifacts::source_file::place;
use crate::{Catalog, Event, Metric};

pub(super) fn row(
    function: &Function<'_>,
    all: &[Function<'_>],
    catalog: &Catalog,
    variables: &Variables,
    is_closed: bool,
) -> Row {
    let about = place(&function.site);
    let mut panels = Vec::new();
    panels.extend(calls(function, variables, &about));
    panels.extend(failures(function, variables, &about));
    for histogram in function.metrics(Event::Duration) {
        panels.push(durations(histogram, variables, &about));
        panels.push(heatmap(histogram, variables, &about));
    }
    for histogram in function.metrics(Event::StartValue).chain(function.metrics(Event::EndValue)) {
        panels.push(values(histogram, variables, &about));
    }
    panels.extend(in_flight(function, catalog, variables, &about));
    for time in function.metrics(Event::LastOk) {
        // It is 0 until a call has ended `ok`.
        let expression = format!("time() - {} ({} > 0)", max_by(&["instance"]), selector(variables, time, "", ""));
        let query = vec![Query::new(expression, "{{instance}}")];
        panels.push(Panel::lines("Time since the last success", "s", &describe(time, &about), query));
    }
    Row { title: function.title(all), key: function.site.path(), panels, is_closed }
}

/// The help text, then where the metric is recorded.
fn describe(metric: &Metric, about: &str) -> String {
    format!("{} ({}, recorded by {about})", metric.help(), metric.name())
}

/// How a call ended, if the metric says so.
fn outcome_label(metric: &Metric) -> Option<&'static str> {
    metric.labels().iter().map(crate::MetricLabel::name).find(|label| matches!(*label, "outcome" | "status"))
}

fn calls(function: &Function<'_>, variables: &Variables, about: &str) -> Option<Panel> {
    let mut queries = Vec::new();
    let mut descriptions = Vec::new();
    let mut add = |metric: &Metric, suffix: &str, what: &str| {
        let by: Vec<&str> = outcome_label(metric).into_iter().collect();
        queries.push(Query::new(rate(variables, metric, suffix, &by, ""), legend(what, &by)));
        descriptions.push(describe(metric, about));
    };
    for metric in function.metrics(Event::Start) {
        add(metric, "", "started");
    }
    for metric in function.metrics(Event::End) {
        add(metric, "", "ended");
    }
    for metric in function.metrics(Event::Ok) {
        add(metric, "", "ok");
    }
    for metric in function.metrics(Event::Item) {
        add(metric, "", "items");
    }
    for metric in function.metrics(Event::Duration) {
        add(metric, "_count", "ended");
    }
    if queries.is_empty() {
        return None;
    }
    Some(Panel::lines("Calls in a second", "ops", &descriptions.join("\n\n"), queries))
}

fn failures(function: &Function<'_>, variables: &Variables, about: &str) -> Option<Panel> {
    let mut queries = Vec::new();
    let mut descriptions = Vec::new();
    for metric in function.failures() {
        let labels = metric.labels();
        let by: Vec<&str> = labels
            .iter()
            .map(crate::MetricLabel::name)
            .filter(|label| matches!(*label, "reason" | "outcome"))
            .collect();
        let legend = legend(if by.is_empty() { "failed" } else { "" }, &by);
        queries.push(Query::new(rate(variables, metric, "", &by, ""), legend).with_exemplars());
        descriptions.push(describe(metric, about));
    }
    if queries.is_empty() {
        let histogram = function.metrics(Event::Duration).find(|metric| outcome_label(metric) == Some("outcome"))?;
        let expression = rate(variables, histogram, "_count", &["outcome"], "outcome!=\"ok\"");
        queries.push(Query::new(expression, legend("", &["outcome"])));
        descriptions.push(describe(histogram, about));
    }
    Some(Panel::lines("Failures in a second, by reason", "ops", &descriptions.join("\n\n"), queries))
}

fn durations(histogram: &Metric, variables: &Variables, about: &str) -> Panel {
    Panel::lines("Durations", "s", &describe(histogram, about), quantiles(histogram, variables))
}

fn values(histogram: &Metric, variables: &Variables, about: &str) -> Panel {
    let title = format!("Values of {}", histogram.name());
    Panel::lines(&title, grafana_unit(histogram), &describe(histogram, about), quantiles(histogram, variables))
}

fn quantiles(histogram: &Metric, variables: &Variables) -> Vec<Query> {
    let query = |share, name| Query::new(quantile(variables, histogram, share, &[]), name);
    vec![query(0.5, "P50").with_exemplars(), query(0.95, "P95"), query(0.99, "P99")]
}

fn heatmap(histogram: &Metric, variables: &Variables, about: &str) -> Panel {
    let buckets = selector(variables, histogram, "_bucket", "");
    let expression = format!("{} (increase({buckets}[$__rate_interval]))", sum_by(&["le"]));
    let query = vec![Query::new(expression, "{{le}}").with_exemplars()];
    Panel::lines("Durations, as a heatmap", "s", &describe(histogram, about), query).with_style(Style::Heatmap)
}

fn in_flight(function: &Function<'_>, catalog: &Catalog, variables: &Variables, about: &str) -> Vec<Panel> {
    let mut panels = Vec::new();
    for gauge in function.metrics(Event::InFlight) {
        let expression = format!("{} ({})", sum_by(&[]), selector(variables, gauge, "", ""));
        let query = vec![Query::new(expression, "in flight")];
        panels.push(Panel::lines("In flight", "short", &describe(gauge, about), query));
        if let Some(oldest) = gauge.oldest().and_then(|name| catalog.metric(name)) {
            let expression = format!("{} ({})", max_by(&["instance"]), selector(variables, oldest, "", ""));
            let query = vec![Query::new(expression, "{{instance}}")];
            panels.push(Panel::lines("Age of the oldest call in flight", "s", &describe(oldest, about), query));
        }
    }
    panels
}
