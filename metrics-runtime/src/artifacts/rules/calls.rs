//! Functions whose failures are counted, with the number of all their calls.

use super::program::Program;
use super::promql::{equal, not_equal};
use super::words;
use crate::{Catalog, Event, Kind, Metric, Site};

/// A counter of failures, with a metric that has the number of all calls of the same functions.
#[derive(Clone, Copy, Debug)]
pub(super) struct CountedFailures<'a> {
    pub(super) counter: &'a Metric,
    pub(super) total: &'a Metric,
}

/// A call that was given up is not a failure of the function.
pub(super) const CANCELLED: &str = "cancelled";

impl<'a> CountedFailures<'a> {
    /// Those of the program.
    pub(super) fn all(catalog: &'a Catalog) -> Vec<Self> {
        let counters = catalog.metrics().filter(|metric| counts_only_failures(metric));
        counters.filter_map(|counter| Some(Self { counter, total: total_of(catalog, counter)? })).collect()
    }

    /// Its functions, for a text.
    pub(super) fn functions(&self) -> String {
        words::in_code(&functions(self.counter))
    }

    /// The failures, by `rate` or `increase` over a time.
    pub(super) fn failed(&self, program: Program<'_>, by: &str, window: &str) -> String {
        program.over(by, self.counter.name(), &not_cancelled(self.counter), window)
    }

    /// All calls, in the same way.
    pub(super) fn calls(&self, program: Program<'_>, by: &str, window: &str) -> String {
        let all = program.over(by, &count_name(self.total), &not_cancelled(self.total), window);
        match cancelled_label(self.counter).filter(|_| cancelled_label(self.total).is_none()) {
            Some(label) => {
                let cancelled = program.over(by, self.counter.name(), &[equal(label, CANCELLED)], window);
                minus(&all, &cancelled, self.counter)
            }
            None => all,
        }
    }
}

/// Some calls without others, which series of the metric count.
pub(super) fn minus(all: &str, part: &str, metric: &Metric) -> String {
    // A series of a capped label is not there before its first value, and what is not there cannot be subtracted.
    if metric.labels().iter().all(crate::MetricLabel::is_closed) {
        format!("({all} - {part})")
    } else {
        format!("({all} - ({part} or {all} * 0))")
    }
}

/// The series of a metric that has the number of its calls.
pub(super) fn count_name(metric: &Metric) -> String {
    format!("{}{}", metric.name(), count_end(metric))
}

/// What the name of that series has after the metric's.
pub(super) fn count_end(metric: &Metric) -> &'static str {
    if metric.kind() == Kind::Histogram { "_count" } else { "" }
}

/// Leaves out the calls that were cancelled, where a label says it: they say nothing about how long a call takes, or how it
/// ends.
pub(super) fn not_cancelled(metric: &Metric) -> Vec<String> {
    cancelled_label(metric).map(|label| not_equal(label, CANCELLED)).into_iter().collect()
}

/// The label that says that a call was cancelled, if there is one.
pub(super) fn cancelled_label(metric: &Metric) -> Option<&'static str> {
    let labels = metric.labels();
    let label =
        labels.iter().find(|label| matches!(label.name(), "reason" | "outcome") && label.values().contains(&CANCELLED));
    label.map(crate::MetricLabel::name)
}

/// The label that tells failures apart, if there is one.
pub(super) fn failure_label(metric: &Metric) -> Option<&'static str> {
    let labels = metric.labels();
    let label =
        labels.iter().find(|label| matches!(label.name(), "reason" | "outcome") && label.values().contains(&"panic"));
    label.map(crate::MetricLabel::name)
}

/// The functions that record a metric: `module::name`.
pub(super) fn functions(metric: &Metric) -> Vec<String> {
    let mut functions: Vec<String> = recorded(metric).map(Site::path).collect();
    functions.dedup();
    functions
}

/// The functions that time their calls with this histogram.
pub(super) fn is_timed(metric: &Metric) -> bool {
    metric.kind() == Kind::Histogram && metric.sites().iter().any(|site| site.records(Event::Duration))
}

/// The sites of functions, without declarations.
fn recorded(metric: &Metric) -> impl Iterator<Item = &Site> {
    metric.sites().iter().filter(|site| !site.records(Event::Declared))
}

fn counts_only_failures(metric: &Metric) -> bool {
    let is_failure = |site: &Site| {
        site.records_failures() && !site.records(Event::Ok) && !site.records(Event::Start) && !site.records(Event::End)
    };
    metric.kind() == Kind::Counter && recorded(metric).next().is_some() && recorded(metric).all(is_failure)
}

/// The metric that has one value for each call of the same functions, and of no others: best a histogram.
fn total_of<'a>(catalog: &'a Catalog, counter: &Metric) -> Option<&'a Metric> {
    let functions = places(counter);
    let counts_each_call = |metric: &&Metric| {
        let is_total =
            |site: &Site| site.records(Event::Duration) || site.records(Event::Start) || site.records(Event::End);
        recorded(metric).all(is_total) && places(metric) == functions
    };
    catalog.metrics().filter(counts_each_call).min_by_key(|metric| metric.kind() != Kind::Histogram)
}

/// Where a metric is recorded. Two functions of one name are two places.
pub(super) fn places(metric: &Metric) -> Vec<(&'static str, u32, &'static str)> {
    recorded(metric).map(|site| (site.file(), site.line(), site.item())).collect()
}
