//! `except(cancelled)`: where a call that loses a `select!` is everyday, a counter of failures leaves it out.

use std::future::Future;
use std::io;
use std::pin::Pin;

use metrics_runtime::{
    Event, FailedOutcome, Failure, Label, counted, counted_failure, declare_metrics, in_flight, timed,
};

use super::support::{End, cancel, finish, metrics, panics, sure, value};

async fn end(end: End) -> Result<u32, io::Error> {
    match end {
        End::Ok => Ok(1),
        End::Error => Err(io::ErrorKind::NotFound.into()),
        End::Timeout => Err(io::ErrorKind::TimedOut.into()),
        End::Panic => panic!("on purpose"),
        End::Wait => std::future::pending().await,
    }
}

/// Ends calls: 1 `ok`, 1 `error`, 2 `timeout`, 3 `cancelled`, 1 `panic`.
fn call<T, F: Future<Output = Result<T, E>>, E>(function: impl Fn(End) -> F) {
    for how in [End::Ok, End::Error, End::Timeout, End::Timeout] {
        assert_eq!(finish(function(how)).is_ok(), how == End::Ok);
    }
    for _ in 0..3 {
        cancel(function(End::Wait));
    }
    panics(|| finish(function(End::Panic)));
}

#[timed(histogram = "except_async_seconds", labels(outcome))]
#[counted(counter = "except_async_started_total")]
#[counted(counter = "except_async_ended_total", on = end, labels(outcome))]
#[counted(counter = "except_async_failed_total", on = failure, except(cancelled))]
#[counted(counter = "except_async_outcomes_total", on = failure, except(cancelled), labels(late, outcome))]
#[counted_failure(counter = "except_async_failures_total", except(cancelled), labels(late))]
#[in_flight(gauge = "except_async_active")]
async fn asynchronous(how: End, late: bool) -> Result<u32, io::Error> {
    let _ = late;
    end(how).await
}

#[test]
fn an_async_function() {
    metrics();
    call(|how| asynchronous(how, true));
    for (reason, count) in [("error", 1.0), ("timeout", 2.0), ("panic", 1.0)] {
        let labels = |name: &str, late: bool| format!("{{late=\"{late}\",{name}=\"{reason}\"}}");
        assert_eq!(sure(&format!("except_async_failures_total{}", labels("reason", true))), count, "{reason}");
        assert_eq!(sure(&format!("except_async_outcomes_total{}", labels("outcome", true))), count, "{reason}");
        assert_eq!(sure(&format!("except_async_failures_total{}", labels("reason", false))), 0.0, "{reason}");
    }
    assert_eq!(value("except_async_failures_total{late=\"true\",reason=\"cancelled\"}"), None);
    assert_eq!(value("except_async_outcomes_total{late=\"true\",outcome=\"cancelled\"}"), None);
    assert_eq!(sure("except_async_failed_total"), 4.0);
    // The equation of the endings holds in the metrics that count all of them.
    let endings = [("ok", 1.0), ("error", 1.0), ("timeout", 2.0), ("cancelled", 3.0), ("panic", 1.0)];
    for (outcome, count) in endings {
        assert_eq!(sure(&format!("except_async_ended_total{{outcome=\"{outcome}\"}}")), count, "{outcome}");
        assert_eq!(sure(&format!("except_async_seconds_count{{outcome=\"{outcome}\"}}")), count, "{outcome}");
    }
    assert_eq!(sure("except_async_started_total"), 8.0);
    assert_eq!(sure("except_async_active"), 0.0);
}

#[counted_failure(counter = "except_boxed_failures_total", except(cancelled))]
fn boxed(how: End) -> Pin<Box<dyn Future<Output = Result<u32, io::Error>> + Send>> {
    Box::pin(async move { end(how).await })
}

#[async_trait::async_trait]
trait Service {
    async fn call(&self, how: End) -> Result<u32, io::Error>;
}

struct Server;

#[async_trait::async_trait]
impl Service for Server {
    #[counted_failure(counter = "except_trait_failures_total", except(cancelled))]
    async fn call(&self, how: End) -> Result<u32, io::Error> {
        end(how).await
    }
}

#[counted_failure(counter = "except_plain_failures_total", except(cancelled))]
fn plain(fails: bool) -> Result<u32, io::Error> {
    if fails { Err(io::ErrorKind::NotFound.into()) } else { Ok(1) }
}

#[test]
fn every_form_of_a_function() {
    metrics();
    call(boxed);
    call(|how| Server.call(how));
    for counter in ["except_boxed_failures_total", "except_trait_failures_total"] {
        for (reason, count) in [("error", 1.0), ("timeout", 2.0), ("panic", 1.0)] {
            assert_eq!(sure(&format!("{counter}{{reason=\"{reason}\"}}")), count, "{counter} {reason}");
        }
        assert_eq!(value(&format!("{counter}{{reason=\"cancelled\"}}")), None);
    }
    assert!(plain(true).is_err() && plain(false).is_ok());
    assert_eq!(sure("except_plain_failures_total{reason=\"error\"}"), 1.0);
}

#[derive(Clone, Copy, Debug, Label)]
enum Why {
    Refused,
    Late,
}

#[derive(Debug, Failure)]
#[failure(reason: Why)]
enum RequestError {
    #[failure(error, reason = Refused)]
    Refused,
    #[failure(timeout, reason = Late)]
    Late,
}

#[counted_failure(counter = "except_reasons_total", reason: Why, except(cancelled), error_if = |sent| matches!(sent, Ok(0)))]
async fn by_own_reasons(how: End, sent: u32) -> Result<u32, RequestError> {
    match end(how).await {
        Ok(_) => Ok(sent),
        Err(error) if error.kind() == io::ErrorKind::TimedOut => Err(RequestError::Late),
        Err(_) => Err(RequestError::Refused),
    }
}

#[test]
fn reasons_of_ones_own() {
    metrics();
    call(|how| by_own_reasons(how, 1));
    assert!(finish(by_own_reasons(End::Ok, 0)).is_ok());
    let seen = ["refused", "late", "panic", "error"];
    let seen = seen.map(|reason| sure(&format!("except_reasons_total{{reason=\"{reason}\"}}")));
    assert_eq!(seen, [1.0, 2.0, 1.0, 1.0]);
    assert_eq!(value("except_reasons_total{reason=\"cancelled\"}"), None);
}

declare_metrics! {
    /// Failures of two functions, of which one does not count its cancelled calls.
    counter SHARED_FAILURES = "except_shared_failures_total", labels(reason: FailedOutcome);
}

#[counted_failure(counter = SHARED_FAILURES, except(cancelled))]
async fn one(how: End) -> Result<u32, io::Error> {
    end(how).await
}

#[counted_failure(counter = SHARED_FAILURES)]
async fn other(how: End) -> Result<u32, io::Error> {
    end(how).await
}

#[test]
fn a_declared_metric_keeps_the_labels_of_its_declaration() {
    metrics();
    call(one);
    call(other);
    for (reason, count) in [("error", 2.0), ("timeout", 4.0), ("cancelled", 3.0), ("panic", 2.0)] {
        assert_eq!(sure(&format!("except_shared_failures_total{{reason=\"{reason}\"}}")), count, "{reason}");
    }
}

#[test]
fn the_catalog_does_not_expect_cancelled_calls() {
    let catalog = metrics_runtime::catalog();
    let metric = catalog.metric("except_async_failures_total").expect("it is recorded above");
    let reasons = metric.labels().into_iter().find(|label| label.name() == "reason").expect("it has a reason");
    assert_eq!(reasons.values(), ["error", "timeout", "panic"]);
    assert_eq!(metric.max_series(), 6);
    assert!(metric.sites()[0].records(Event::FailureExceptCancelled) && !metric.sites()[0].records(Event::Failure));
}
