//! Async bodies that stay in the function's own block: each end and each wait is found there.

use std::future::{Future, pending};
use std::io;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use metrics_runtime::{counted, in_flight};

use super::support::{cancel, finish, metrics, panics, sure, value};

fn stop() {
    std::panic::resume_unwind(Box::new("on purpose"));
}

async fn answer(number: u32) -> Result<u32, io::Error> {
    tokio::task::yield_now().await;
    if number == 0 { Err(io::ErrorKind::TimedOut.into()) } else { Ok(number) }
}

/// How often the calls of a function ended so.
#[track_caller]
fn ended(name: &str, outcome: &str) -> f64 {
    sure(&format!("own_{name}_total{{outcome=\"{outcome}\"}}"))
}

#[in_flight(gauge = "own_active")]
#[counted(counter = "own_all_total", on = end, labels(outcome))]
async fn all(numbers: &[u32], waits: bool) -> Result<u32, io::Error> {
    let mut sum = 0;
    for number in numbers {
        match *number {
            7 => stop(),
            8 => return Ok(answer(8).await?),
            number => sum += answer(number).await?,
        }
    }
    #[allow(clippy::while_immutable_condition, reason = "the second wait never ends")]
    while waits {
        tokio::task::yield_now().await;
        pending::<()>().await;
    }
    Ok(sum)
}

#[test]
fn every_end_is_found() {
    metrics();
    assert_eq!(finish(all(&[1, 2], false)).ok(), Some(3));
    assert_eq!(finish(all(&[1, 8, 7], false)).ok(), Some(8));
    assert_eq!(finish(all(&[1, 0, 7], false)).map_err(|error| error.kind()), Err(io::ErrorKind::TimedOut));
    panics(|| finish(all(&[1, 7], false)));
    cancel(all(&[1], false));
    finish(async {
        let mut waits = pin!(all(&[1], true));
        for _ in 0..3 {
            assert!(waits.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        assert_eq!(sure("own_active"), 1.0);
    });
    assert_eq!(sure("own_active"), 0.0);
    for (outcome, count) in [("ok", 2.0), ("timeout", 1.0), ("panic", 1.0), ("cancelled", 2.0), ("error", 0.0)] {
        assert_eq!(ended("all", outcome), count, "{outcome}");
    }
}

#[counted(counter = "own_dropped_total", on = end, labels(outcome))]
async fn dropped() -> Result<(), io::Error> {
    answer(1).await?;
    pending().await
}

#[test]
fn a_future_that_is_dropped_by_a_panic_elsewhere_is_cancelled() {
    metrics();
    panics(|| {
        let mut future = Box::pin(dropped());
        for _ in 0..2 {
            assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        stop();
    });
    assert_eq!(ended("dropped", "cancelled"), 1.0);
    assert_eq!(ended("dropped", "panic"), 0.0);
}

#[counted(counter = "own_option_total", on = end, labels(outcome))]
async fn option(number: Option<u32>) -> Option<u32> {
    tokio::task::yield_now().await;
    Some(number? + 1)
}

#[counted(counter = "own_flow_total", on = end, labels(outcome))]
async fn flow(number: ControlFlow<&'static str, u32>) -> ControlFlow<&'static str, u32> {
    ControlFlow::Continue(number? + 1)
}

#[counted(counter = "own_poll_total", on = end, labels(outcome))]
async fn poll(number: Poll<Result<u32, io::Error>>) -> Result<Poll<u32>, io::Error> {
    let read = number?;
    Ok(read)
}

#[counted(counter = "own_stream_total", on = end, labels(outcome))]
async fn polled_item(item: Poll<Option<Result<u32, io::Error>>>) -> Poll<Option<Result<u32, io::Error>>> {
    let item = item?;
    item.map(|item| item.map(Ok))
}

#[test]
fn each_type_that_a_question_mark_takes() {
    metrics();
    assert_eq!(finish(option(Some(1))), Some(2));
    assert_eq!(finish(option(None)), None);
    assert_eq!(finish(flow(ControlFlow::Continue(1))), ControlFlow::Continue(2));
    assert_eq!(finish(flow(ControlFlow::Break("stopped"))), ControlFlow::Break("stopped"));
    assert!(matches!(finish(poll(Poll::Ready(Ok(1)))), Ok(Poll::Ready(1))));
    assert!(matches!(finish(poll(Poll::Pending)), Ok(Poll::Pending)));
    assert!(finish(poll(Poll::Ready(Err(io::Error::other("on purpose"))))).is_err());
    assert!(matches!(finish(polled_item(Poll::Ready(Some(Ok(1))))), Poll::Ready(Some(Ok(1)))));
    assert!(matches!(finish(polled_item(Poll::Ready(None))), Poll::Ready(None)));
    assert!(matches!(finish(polled_item(Poll::Pending)), Poll::Pending));
    let failed = finish(polled_item(Poll::Ready(Some(Err(io::Error::other("on purpose"))))));
    assert!(matches!(failed, Poll::Ready(Some(Err(_)))));
    assert_eq!((ended("option", "ok"), ended("flow", "ok")), (2.0, 2.0));
    assert_eq!((ended("poll", "ok"), ended("poll", "error")), (2.0, 1.0));
    assert_eq!(ended("stream", "ok"), 4.0);
}

/// Remembers where it was made.
#[derive(Debug)]
struct Located(&'static Location<'static>);

impl From<io::Error> for Located {
    #[track_caller]
    fn from(_: io::Error) -> Self {
        Self(Location::caller())
    }
}

#[counted(counter = "own_located_total", on = end, labels(outcome))]
async fn located() -> Result<u32, Located> {
    let number = answer(1).await?;
    let none = answer(number - 1).await?; // here
    Ok(none)
}

async fn located_without() -> Result<u32, Located> {
    let number = answer(1).await?;
    let none = answer(number - 1).await?; // here, without
    Ok(none)
}

#[test]
fn a_conversion_by_a_question_mark_knows_its_place() {
    metrics();
    let lines: Vec<&str> = include_str!("own_block.rs").lines().collect();
    let found = finish(located()).expect_err("it fails").0;
    let without = finish(located_without()).expect_err("it fails").0;
    assert!(lines[found.line() as usize - 1].ends_with("// here"), "{found}");
    assert!(lines[without.line() as usize - 1].ends_with("// here, without"), "{without}");
    assert_eq!((found.file(), found.column()), (without.file(), without.column()));
}

/// Its macro hides a `return` and a wait, so the body stands in a block of its own.
macro_rules! hidden {
    ($number:expr) => {
        if $number == 0 {
            return Err(answer($number).await.expect_err("it is a timeout"));
        }
    };
}

#[counted(counter = "own_hidden_total", on = end, labels(outcome))]
async fn hidden(number: u32) -> Result<u32, io::Error> {
    hidden!(number);
    Ok(number)
}

#[test]
fn an_end_that_a_macro_hides_is_found_too() {
    metrics();
    assert_eq!(finish(hidden(1)).ok(), Some(1));
    assert!(finish(hidden(0)).is_err());
    cancel(hidden(0));
    assert_eq!((ended("hidden", "ok"), ended("hidden", "timeout"), ended("hidden", "cancelled")), (1.0, 1.0, 1.0));
    assert!(value("own_hidden_total{outcome=\"panic\"}").is_some_and(|count| count == 0.0));
    assert!(catch_unwind(AssertUnwindSafe(stop)).is_err());
}
