//! `metrics.md`: the page on which people look a metric up.

use std::fmt::Write as _;

use super::source_file::place;
use crate::{Catalog, Event, Metric, MetricLabel, Site};

/// One table for each metric.
pub(super) fn page(catalog: &Catalog) -> String {
    let mut page = String::from("# Metrics\n\n");
    let count = catalog.metrics().count();
    let _ = writeln!(
        page,
        "The {count} metrics of this program have {} series at most. This page is made from the program: do not change it by \
         hand.\n",
        catalog.max_series()
    );
    page.push_str("| metric | kind | series at most |\n| --- | --- | ---: |\n");
    for metric in catalog.metrics() {
        let (name, kind, series) = (metric.name(), metric.kind(), metric.max_series());
        let _ = writeln!(page, "| [`{name}`](#{name}) | {kind} | {series} |");
    }
    for metric in catalog.metrics() {
        page.push('\n');
        page.push_str(&section(metric));
    }
    page
}

fn section(metric: &Metric) -> String {
    let mut section = format!("## `{}`\n\n{}\n\n| | |\n| --- | --- |\n", metric.name(), in_a_line(metric.help()));
    let mut row = |name: &str, text: &str| {
        let _ = writeln!(section, "| {name} | {text} |");
    };
    row("kind", metric.kind().as_str());
    if let Some(unit) = metric.unit() {
        row("unit", unit);
    }
    for label in metric.labels() {
        row(&format!("label `{}`", label.name()), &values(&label));
    }
    if !metric.buckets().is_empty() {
        let bounds: Vec<String> = metric.buckets().iter().map(f64::to_string).collect();
        row("buckets", &bounds.join(", "));
    }
    row("series at most", &metric.max_series().to_string());
    for site in metric.sites() {
        row(event(site), &place(site));
    }
    section
}

fn values(label: &MetricLabel) -> String {
    if !label.is_closed() {
        return format!("{} values at most, which appear while the program runs", label.max_values());
    }
    let values: Vec<String> = label.values().iter().map(|value| in_code(value)).collect();
    values.join(", ")
}

/// What a site records.
fn event(site: &Site) -> &'static str {
    let events = [
        (Event::Duration, "the time of each call of"),
        (Event::Start, "each call of"),
        (Event::End, "each ended call of"),
        (Event::Ok, "each call that ended `ok`, of"),
        (Event::Failure, "each call that did not end `ok`, of"),
        (Event::FailureExceptCancelled, "each call that did not end `ok` and was not cancelled, of"),
        (Event::InFlight, "the calls in flight, of"),
        (Event::LastOk, "the time of the last call that ended `ok`, of"),
        (Event::StartValue, "a value of each call, when it starts, of"),
        (Event::Item, "each item of"),
        (Event::EndValue, "a value of each call that returned one, of"),
    ];
    // A function that records both `ok` and failures has all ends.
    if site.records(Event::Ok) && site.records(Event::Failure) {
        return "each ended call of";
    }
    if site.records(Event::Ok) && site.records(Event::FailureExceptCancelled) {
        return "each call that ended and was not cancelled, of";
    }
    events.iter().find(|(event, _)| site.records(*event)).map_or("declared as", |(_, text)| text)
}

/// A text in one line of a table or a paragraph. A help text may have what Markdown would take for a table or a tag.
fn in_a_line(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace('|', "\\|").replace('<', "&lt;")
}

/// A label's value as code, whatever it is.
fn in_code(value: &str) -> String {
    let value = in_a_line_of_code(value);
    match value.contains('`') {
        false if !value.is_empty() => format!("`{value}`"),
        false => "(empty)".to_owned(),
        true => format!("`` {value} ``"),
    }
}

fn in_a_line_of_code(value: &str) -> String {
    value.replace(['\n', '\r'], " ").replace('|', "\\|")
}
