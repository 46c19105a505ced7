//! The functions of the program, with the metrics that each records.

use crate::{Catalog, Event, Kind, Metric, Site};

/// A function with its metrics.
pub(super) struct Function<'a> {
    pub(super) site: Site,
    metrics: Vec<(&'a Metric, Site)>,
}

impl<'a> Function<'a> {
    /// Its name with the last part of its module, where another function has the same name.
    pub(super) fn title(&self, others: &[Self]) -> String {
        let same = others.iter().filter(|other| other.site.item() == self.site.item()).count();
        let module = self.site.module().rsplit("::").next().unwrap_or_default();
        if same > 1 { format!("{module}::{}", self.site.item()) } else { self.site.item().to_owned() }
    }

    /// The metrics in which it counts calls that fail.
    pub(super) fn failures(&self) -> impl Iterator<Item = &'a Metric> {
        self.metrics.iter().filter(|(_, site)| site.records_failures()).map(|(metric, _)| *metric)
    }

    /// The metrics in which it records this event.
    pub(super) fn metrics(&self, event: Event) -> impl Iterator<Item = &'a Metric> {
        self.metrics.iter().filter(move |(_, site)| site.records(event)).map(|(metric, _)| *metric)
    }
}

/// What functions record. A metric that is read while a page is made has none of these.
const RECORDED: [Event; 11] = [
    Event::Duration,
    Event::Start,
    Event::End,
    Event::Ok,
    Event::Failure,
    Event::FailureExceptCancelled,
    Event::InFlight,
    Event::LastOk,
    Event::StartValue,
    Event::EndValue,
    Event::Item,
];

/// The annotated functions of the program, in the order of the source.
pub(super) fn functions(catalog: &Catalog) -> Vec<Function<'_>> {
    let mut functions: Vec<Function<'_>> = Vec::new();
    for metric in catalog.metrics().filter(|metric| !metric.is_ours()) {
        for site in metric.sites().iter().filter(|site| RECORDED.iter().any(|event| site.records(*event))) {
            let known = functions.iter_mut().find(|known| is_same(&known.site, site));
            match known {
                Some(function) => function.metrics.push((metric, *site)),
                None => functions.push(Function { site: *site, metrics: vec![(metric, *site)] }),
            }
        }
    }
    functions.sort_by_key(|function| (function.site.file(), function.site.line()));
    functions
}

/// The metrics of the program that no annotated function records: hand-written code does.
pub(super) fn recorded_by_hand(catalog: &Catalog) -> impl Iterator<Item = &Metric> {
    catalog
        .metrics()
        .filter(|metric| !metric.is_ours() && metric.sites().iter().all(|site| site.records(Event::Declared)))
}

fn is_same(one: &Site, other: &Site) -> bool {
    (one.module(), one.item(), one.line()) == (other.module(), other.item(), other.line())
}

/// The unit of a metric in Grafana's words.
pub(super) fn grafana_unit(metric: &Metric) -> &'static str {
    let name = metric.name();
    match metric.kind() {
        // The rate of seconds is a part of the time; Grafana has no word for the rate of anything else.
        Kind::Counter if metric.is_fractional() => "short",
        Kind::Counter => "ops",
        Kind::Gauge | Kind::Histogram if name.ends_with("_seconds") => "s",
        Kind::Gauge | Kind::Histogram if name.ends_with("_bytes") => "bytes",
        Kind::Gauge | Kind::Histogram if name.ends_with("_ratio") => "percentunit",
        Kind::Gauge | Kind::Histogram => "short",
    }
}
