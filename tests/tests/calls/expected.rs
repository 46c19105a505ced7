//! `#[failure(ok)]`: an `Err` that is expected ends the call `ok`.

use std::error::Error;
use std::future::Future;
use std::io;
use std::pin::Pin;

use metrics_runtime::{Failure, FailureReason, Label, Reason, counted, counted_failure, in_flight, timed};

use super::support::{cancel, finish, metrics, panics, sure};

#[derive(Clone, Copy, Debug, PartialEq, Label)]
enum Why {
    Client,
    Server,
}

#[derive(Debug, thiserror::Error, Failure)]
#[failure(reason: Why)]
enum StoreError {
    #[error("there is no such image")]
    #[failure(ok, reason = Client)]
    NotFound,
    #[error("the store is broken")]
    #[failure(error, reason = Server)]
    Broken,
    #[error("the store is slow")]
    #[failure(timeout, reason = Server)]
    Slow,
}

/// An error that asks its source.
#[derive(Debug, thiserror::Error, Failure)]
#[error("the request failed")]
#[failure(source)]
struct RequestError(#[source] StoreError);

/// An error that says nothing itself.
#[derive(Debug, thiserror::Error)]
#[error("wrapped")]
struct Wrapped(#[source] RequestError);

/// How a call must end.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Found,
    NotFound,
    Broken,
    Slow,
    Panic,
    Wait,
}

const RETURNING: [End; 4] = [End::Found, End::NotFound, End::Broken, End::Slow];

fn end(end: End) -> Result<u32, StoreError> {
    match end {
        End::Found => Ok(1),
        End::NotFound => Err(StoreError::NotFound),
        End::Broken => Err(StoreError::Broken),
        End::Slow => Err(StoreError::Slow),
        End::Panic | End::Wait => panic!("on purpose"),
    }
}

async fn wait(end: End) {
    if end == End::Wait {
        std::future::pending::<()>().await;
    }
}

#[track_caller]
fn check(prefix: &str, cancelled: f64) {
    let counts = [("ok", 2.0), ("error", 1.0), ("timeout", 1.0), ("cancelled", cancelled), ("panic", 1.0)];
    for (outcome, count) in counts {
        assert_eq!(sure(&format!("{prefix}_seconds_count{{outcome=\"{outcome}\"}}")), count, "{outcome}");
        if outcome != "ok" {
            assert_eq!(sure(&format!("{prefix}_failures_total{{reason=\"{outcome}\"}}")), count, "{outcome}");
        }
    }
    assert_eq!(sure(&format!("{prefix}_completed_total")), 2.0);
    assert_eq!(sure(&format!("{prefix}_active")), 0.0);
}

#[timed(histogram = "expected_plain_seconds", labels(outcome))]
#[counted_failure(counter = "expected_plain_failures_total")]
#[counted(counter = "expected_plain_completed_total", on = ok)]
#[in_flight(gauge = "expected_plain_active")]
fn plain(how: End) -> Result<u32, StoreError> {
    end(how)
}

#[timed(histogram = "expected_async_seconds", labels(outcome))]
#[counted_failure(counter = "expected_async_failures_total")]
#[counted(counter = "expected_async_completed_total", on = ok)]
#[in_flight(gauge = "expected_async_active")]
async fn asynchronous(how: End) -> Result<u32, RequestError> {
    wait(how).await;
    end(how).map_err(RequestError)
}

type Found = Result<u32, Box<dyn Error + Send + Sync>>;

#[timed(histogram = "expected_boxed_seconds", labels(outcome))]
#[counted_failure(counter = "expected_boxed_failures_total")]
#[counted(counter = "expected_boxed_completed_total", on = ok)]
#[in_flight(gauge = "expected_boxed_active")]
fn boxed(how: End) -> Pin<Box<dyn Future<Output = Found> + Send>> {
    Box::pin(async move {
        wait(how).await;
        Ok(end(how).map_err(|error| Wrapped(RequestError(error)))?)
    })
}

#[async_trait::async_trait]
trait Store {
    async fn find(&self, how: End) -> anyhow::Result<u32>;
}

struct Memory;

#[async_trait::async_trait]
impl Store for Memory {
    #[timed(histogram = "expected_trait_seconds", labels(outcome))]
    #[counted_failure(counter = "expected_trait_failures_total")]
    #[counted(counter = "expected_trait_completed_total", on = ok)]
    #[in_flight(gauge = "expected_trait_active")]
    async fn find(&self, how: End) -> anyhow::Result<u32> {
        wait(how).await;
        end(how).map_err(|error| anyhow::Error::new(error).context("while finding"))
    }
}

#[test]
fn a_plain_function() {
    metrics();
    for how in RETURNING {
        assert_eq!(plain(how).is_ok(), how == End::Found);
    }
    panics(|| plain(End::Panic));
    check("expected_plain", 0.0);
}

#[test]
fn an_async_function_whose_error_asks_its_source() {
    metrics();
    for how in RETURNING {
        assert_eq!(finish(asynchronous(how)).is_ok(), how == End::Found);
    }
    panics(|| finish(asynchronous(End::Panic)));
    cancel(asynchronous(End::Wait));
    check("expected_async", 1.0);
}

#[test]
fn a_boxed_future_whose_error_is_deep_in_a_chain() {
    metrics();
    for how in RETURNING {
        assert_eq!(finish(boxed(how)).is_ok(), how == End::Found);
    }
    panics(|| finish(boxed(End::Panic)));
    cancel(boxed(End::Wait));
    check("expected_boxed", 1.0);
}

#[test]
fn a_method_of_async_trait_with_an_error_of_anyhow() {
    metrics();
    for how in RETURNING {
        assert_eq!(finish(Memory.find(how)).is_ok(), how == End::Found);
    }
    panics(|| finish(Memory.find(End::Panic)));
    cancel(Memory.find(End::Wait));
    check("expected_trait", 1.0);
}

#[counted_failure(counter = "expected_own_reasons_total", reason: Why)]
fn by_own_reasons(how: End) -> Result<u32, StoreError> {
    end(how)
}

#[test]
fn reasons_of_ones_own_do_not_count_it_either() {
    metrics();
    for how in RETURNING {
        let _ = by_own_reasons(how);
    }
    assert_eq!(sure("expected_own_reasons_total{reason=\"client\"}"), 0.0);
    assert_eq!(sure("expected_own_reasons_total{reason=\"server\"}"), 2.0);
    assert_eq!(StoreError::NotFound.failure_reason(), Why::Client);
}

#[counted(
    counter = "expected_but_not_here_total",
    on = end,
    labels(outcome),
    error_if = |found| matches!(found, Err(StoreError::NotFound)),
)]
fn must_be_there(how: End) -> Result<u32, StoreError> {
    end(how)
}

#[test]
fn a_function_can_say_that_it_is_an_error_here() {
    metrics();
    for how in RETURNING {
        let _ = must_be_there(how);
    }
    for (outcome, count) in [("ok", 1.0), ("error", 2.0), ("timeout", 1.0)] {
        assert_eq!(sure(&format!("expected_but_not_here_total{{outcome=\"{outcome}\"}}")), count, "{outcome}");
    }
}

/// A failure that says by hand what it is.
struct ByHand(io::Error);

impl Failure for ByHand {
    fn reason(&self) -> Reason {
        if self.0.kind() == io::ErrorKind::NotFound { Reason::Expected } else { self.0.reason() }
    }
}

#[counted(counter = "expected_by_hand_total", on = end, labels(outcome))]
fn by_hand(kind: io::ErrorKind) -> Result<(), ByHand> {
    Err(ByHand(kind.into()))
}

#[test]
fn a_failure_written_by_hand_can_be_expected() {
    metrics();
    for kind in [io::ErrorKind::NotFound, io::ErrorKind::TimedOut, io::ErrorKind::BrokenPipe] {
        assert!(by_hand(kind).is_err());
    }
    for (outcome, count) in [("ok", 1.0), ("error", 1.0), ("timeout", 1.0)] {
        assert_eq!(sure(&format!("expected_by_hand_total{{outcome=\"{outcome}\"}}")), count, "{outcome}");
    }
}
