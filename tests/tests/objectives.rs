//! The objectives of the catalog.

use std::future::{Ready, ready};
use std::pin::Pin;

use metrics_runtime::{
    FailedOutcome, Kind, Label, Objective, catalog, counted, counted_failure, declare_metrics, in_flight, timed,
};

#[derive(Clone, Copy, Label)]
enum Step {
    Draw,
    Scale,
}

declare_metrics! {
    /// Waits.
    histogram WAIT = "wait_seconds", labels(step: Step), buckets(0.5, 1, 2.5);
    /// Requests.
    counter REQUESTS = "requests_total", labels(step: Step);
    /// Failed requests.
    counter FAILURES = "request_failures_total", labels(outcome: FailedOutcome);
}

#[timed(histogram = "default_seconds", objective(percent = 99.5, under = 2.5))]
fn default_buckets() {}

#[timed(histogram = WAIT, labels(step), objective(percent = 99, under = 0.5_f64))]
async fn declared(step: Step) {
    let _ = step;
    ready(()).await;
}

#[counted(counter = "own_started_total")]
#[counted_failure(counter = "own_failures_total", objective(percent = 99.9))]
#[counted(counter = "own_ended_total", on = end, labels(outcome))]
#[in_flight(gauge = "own_in_flight")]
fn counters() -> Result<(), std::io::Error> {
    Ok(())
}

#[counted(counter = REQUESTS, labels(step))]
#[counted(counter = FAILURES, on = failure, labels(outcome), objective(percent = 94))]
fn declared_counters(step: Step) {
    let _ = step;
}

#[counted(counter = "several_total", on = ok)]
#[counted_failure(counter = "several_failures_total", objective(percent = 95))]
#[counted(counter = "several_ended_total", on = end)]
#[timed(
    histogram = "several_seconds",
    labels(step, outcome),
    buckets(0.000_001, 60),
    objective(under = 0.000_001, percent = 99,)
)]
fn several(step: Step) {
    let _ = step;
}

mod twice {
    use metrics_runtime::{counted_failure, timed};

    #[timed(histogram = "twice_seconds", buckets(1, 2), objective(percent = 99, under = 2))]
    #[counted_failure(counter = "twice_failures_total", objective(percent = 99))]
    pub(super) fn first() {}

    #[timed(histogram = "twice_seconds", buckets(1, 2), objective(percent = 99.0, under = 2.0))]
    #[counted_failure(counter = "twice_failures_total")]
    pub(super) fn second() {}
}

struct Generic<T>(T);

impl<T: Clone> Generic<T> {
    #[timed(histogram = "generic_seconds", buckets(1), objective(percent = 99, under = 1))]
    #[counted_failure(counter = "generic_failures_total", objective(percent = 99))]
    fn call(&self) -> T {
        self.0.clone()
    }

    #[timed(histogram = "future_seconds", buckets(1), objective(percent = 99, under = 1))]
    fn future(&self) -> Pin<Box<dyn Future<Output = T> + '_>> {
        let value: Ready<T> = ready(self.0.clone());
        Box::pin(async move { value.await })
    }
}

macro_rules! timed_within {
    ($name:ident, $metric:literal, $percent:literal, $under:literal) => {
        #[timed(histogram = $metric, objective(percent = $percent, under = $under))]
        fn $name() {}
    };
}

timed_within!(made_by_a_macro, "made_seconds", 99.25, 0.1);

type Line = (&'static str, f64, Option<f64>, &'static str, Kind, &'static str);

const EXPECTED: [Line; 12] = [
    ("default_seconds", 99.5, Some(2.5), "default_seconds", Kind::Histogram, "default_buckets"),
    ("future_seconds", 99.0, Some(1.0), "future_seconds", Kind::Histogram, "future"),
    ("generic_failures_total", 99.0, None, "generic_seconds", Kind::Histogram, "call"),
    ("generic_seconds", 99.0, Some(1.0), "generic_seconds", Kind::Histogram, "call"),
    ("made_seconds", 99.25, Some(0.1), "made_seconds", Kind::Histogram, "made_by_a_macro"),
    // The calls that ended, not those that started: a call in flight can still fail.
    ("own_failures_total", 99.9, None, "own_ended_total", Kind::Counter, "counters"),
    ("request_failures_total", 94.0, None, "requests_total", Kind::Counter, "declared_counters"),
    ("several_failures_total", 95.0, None, "several_seconds", Kind::Histogram, "several"),
    ("several_seconds", 99.0, Some(0.000_001), "several_seconds", Kind::Histogram, "several"),
    ("twice_failures_total", 99.0, None, "twice_seconds", Kind::Histogram, "first"),
    ("twice_seconds", 99.0, Some(2.0), "twice_seconds", Kind::Histogram, "first"),
    ("wait_seconds", 99.0, Some(0.5), "wait_seconds", Kind::Histogram, "declared"),
];

#[test]
fn the_catalog_has_each_objective_once_sorted_by_metric() {
    let catalog = catalog();
    catalog.check().expect("nothing contradicts itself");
    let line = |objective: &Objective| -> Line {
        let (metric, total) = (objective.metric(), objective.total());
        let item = objective.site().item();
        (metric, objective.percent(), objective.under(), total, objective.total_kind(), item)
    };
    let lines: Vec<Line> = catalog.objectives().map(line).collect();
    assert_eq!(lines, EXPECTED);
    for objective in catalog.objectives() {
        assert_eq!((objective.site().file(), objective.site().module()), sites_of_this_file(objective));
        let metric = catalog.metric(objective.metric()).expect("it is in the catalog");
        assert!(metric.sites().iter().any(|site| site.line() == objective.site().line()), "{objective:?}");
    }
}

fn sites_of_this_file(objective: &Objective) -> (&'static str, &'static str) {
    (file!(), if objective.site().item() == "first" { "objectives::twice" } else { "objectives" })
}

#[test]
fn calls_are_recorded_as_without_an_objective() {
    let seen = metrics_runtime::testing::capture(|| {
        default_buckets();
        counters().expect("it does nothing");
        declared_counters(Step::Draw);
        several(Step::Scale);
        made_by_a_macro();
        twice::first();
        twice::second();
        assert_eq!(Generic(1).call(), 1);
        drop(Generic(1).future());
        drop(declared(Step::Draw));
    });
    assert_eq!(seen.counter("own_ended_total", &[("outcome", "ok")]), 1);
    assert_eq!(seen.counter("requests_total", &[("step", "draw")]), 1);
    assert_eq!(seen.counter("several_total", &[]), 1);
    assert_eq!(seen.counter("own_failures_total", &[("reason", "error")]), 0);
}
