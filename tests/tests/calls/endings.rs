//! Every ending is counted: `started = ok + error + timeout + cancelled + panic + in flight`.

use std::io;
use std::time::{Duration, Instant};

use metrics_runtime::{counted, counted_failure, in_flight, timed};

use super::support::{End, cancel, finish, metrics, panics, sure};

fn result(end: End) -> Result<u32, io::Error> {
    match end {
        End::Ok => Ok(1),
        End::Error => Err(io::Error::from(io::ErrorKind::NotFound)),
        End::Timeout => Err(io::Error::from(io::ErrorKind::TimedOut)),
        End::Panic | End::Wait => panic!("on purpose"),
    }
}

#[timed(histogram = "endings_sync_seconds", labels(outcome))]
#[counted(counter = "endings_sync_started_total")]
#[counted(counter = "endings_sync_ended_total", on = end, labels(outcome))]
#[counted(counter = "endings_sync_completed_total", on = ok)]
#[counted(counter = "endings_sync_failed_total", on = failure)]
#[counted_failure(counter = "endings_sync_failures_total")]
#[in_flight(gauge = "endings_sync_active")]
fn sync(end: End) -> Result<u32, io::Error> {
    assert!(sure("endings_sync_active") >= 1.0);
    result(end)
}

#[test]
fn a_plain_function() {
    metrics();
    assert!(sync(End::Ok).is_ok());
    assert!(sync(End::Ok).is_ok());
    assert!(sync(End::Error).is_err());
    assert!(sync(End::Timeout).is_err());
    panics(|| sync(End::Panic));
    check("endings_sync", [2.0, 1.0, 1.0, 0.0, 1.0]);
}

#[timed(histogram = "endings_async_seconds", labels(outcome))]
#[counted(counter = "endings_async_started_total")]
#[counted(counter = "endings_async_ended_total", on = end, labels(outcome))]
#[counted(counter = "endings_async_completed_total", on = ok)]
#[counted(counter = "endings_async_failed_total", on = failure)]
#[counted_failure(counter = "endings_async_failures_total")]
#[in_flight(gauge = "endings_async_active")]
async fn asynchronous(end: End) -> Result<u32, io::Error> {
    tokio::task::yield_now().await;
    if end == End::Wait {
        std::future::pending::<()>().await;
    }
    assert!(sure("endings_async_active") >= 1.0);
    result(end)
}

#[test]
fn an_async_function() {
    metrics();
    assert!(finish(asynchronous(End::Ok)).is_ok());
    assert!(finish(asynchronous(End::Error)).is_err());
    assert!(finish(asynchronous(End::Timeout)).is_err());
    assert!(finish(asynchronous(End::Timeout)).is_err());
    panics(|| finish(asynchronous(End::Panic)));
    cancel(asynchronous(End::Wait));
    cancel(asynchronous(End::Wait));
    // A future that is never polled has not started.
    drop(asynchronous(End::Ok));
    check("endings_async", [1.0, 1.0, 2.0, 2.0, 1.0]);
}

fn check(prefix: &str, counts: [f64; 5]) {
    let [ok, error, timeout, cancelled, panic] = counts;
    let outcomes = [("ok", ok), ("error", error), ("timeout", timeout), ("cancelled", cancelled), ("panic", panic)];
    for (outcome, count) in outcomes {
        assert_eq!(sure(&format!("{prefix}_ended_total{{outcome=\"{outcome}\"}}")), count, "{outcome}");
        assert_eq!(sure(&format!("{prefix}_seconds_count{{outcome=\"{outcome}\"}}")), count, "{outcome}");
        if outcome != "ok" {
            assert_eq!(sure(&format!("{prefix}_failures_total{{reason=\"{outcome}\"}}")), count, "{outcome}");
        }
    }
    let all: f64 = counts.iter().sum();
    assert_eq!(sure(&format!("{prefix}_started_total")), all);
    assert_eq!(sure(&format!("{prefix}_completed_total")), ok);
    assert_eq!(sure(&format!("{prefix}_failed_total")), all - ok);
    assert_eq!(sure(&format!("{prefix}_active")), 0.0);
}

#[counted(counter = "unrelated_panic_total", on = end, labels(outcome))]
async fn waits() {
    std::future::pending::<()>().await;
}

#[test]
fn a_future_that_is_dropped_by_a_panic_elsewhere_is_cancelled() {
    metrics();
    panics(|| {
        let mut waiting = Box::pin(waits());
        let waker = std::task::Waker::noop();
        assert!(waiting.as_mut().poll(&mut std::task::Context::from_waker(waker)).is_pending());
        panic!("it unwinds past the future");
    });
    assert_eq!(sure("unrelated_panic_total{outcome=\"cancelled\"}"), 1.0);
    assert_eq!(sure("unrelated_panic_total{outcome=\"panic\"}"), 0.0);
}

#[counted(counter = "during_unwinding_total", on = end, labels(outcome))]
fn called_while_unwinding() {}

#[test]
fn a_call_in_a_destructor_during_a_panic_ends_ok() {
    struct Calls;
    impl Drop for Calls {
        fn drop(&mut self) {
            called_while_unwinding();
        }
    }
    metrics();
    panics(|| {
        let _calls = Calls;
        panic!("it unwinds past the destructor");
    });
    assert_eq!(sure("during_unwinding_total{outcome=\"ok\"}"), 1.0);
    assert_eq!(sure("during_unwinding_total{outcome=\"panic\"}"), 0.0);
}

#[timed(histogram = "slept_seconds", buckets(1, 2, 4))]
async fn sleeps() {
    std::thread::sleep(Duration::from_millis(30));
}

#[test]
fn the_duration_begins_with_the_first_poll() {
    metrics();
    let pause = Duration::from_millis(300);
    let future = sleeps();
    std::thread::sleep(pause);
    let begun = Instant::now();
    finish(future);
    let run = begun.elapsed();
    let sum = sure("slept_seconds_sum");
    // The two clocks may differ a little.
    assert!((0.03..(run + pause / 2).as_secs_f64()).contains(&sum), "{sum} seconds were measured, it ran {run:?}");
    assert_eq!(sure("slept_seconds_count"), 1.0);
}

#[counted_failure(counter = "no_result_failures_total")]
fn no_result(panic: bool) -> u32 {
    assert!(!panic, "on purpose");
    3
}

#[test]
fn a_function_without_a_result_fails_only_by_a_panic() {
    metrics();
    assert_eq!(no_result(false), 3);
    panics(|| no_result(true));
    assert_eq!(sure("no_result_failures_total{reason=\"error\"}"), 0.0);
    assert_eq!(sure("no_result_failures_total{reason=\"panic\"}"), 1.0);
}
