//! Recorders that panic: the program does the same as without metrics.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use metrics_runtime::{counted, counted_failure, in_flight, timed};

/// Panics at every value, or already when it is asked for a series.
struct Panicking {
    registers: bool,
    asked: &'static AtomicUsize,
}

#[derive(Clone, Copy)]
struct Cell;

impl CounterFn for Cell {
    fn increment(&self, _: u64) {
        panic!("the recorder does not count");
    }

    fn absolute(&self, _: u64) {
        panic!("the recorder does not count");
    }
}

impl GaugeFn for Cell {
    fn increment(&self, _: f64) {
        panic!("the recorder does not go up");
    }

    fn decrement(&self, _: f64) {
        panic!("the recorder does not go down");
    }

    fn set(&self, _: f64) {
        panic!("the recorder is not set");
    }
}

impl HistogramFn for Cell {
    fn record(&self, _: f64) {
        panic!("the recorder does not observe");
    }
}

impl Panicking {
    fn ask<T>(&self, handle: T) -> T {
        self.asked.fetch_add(1, Ordering::Relaxed);
        assert!(self.registers, "the recorder has no series");
        handle
    }
}

impl Recorder for Panicking {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {
        panic!("the recorder takes no descriptions");
    }

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        self.ask(Counter::from_arc(Cell.into()))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        self.ask(Gauge::from_arc(Cell.into()))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        self.ask(Histogram::from_arc(Cell.into()))
    }
}

/// Works.
#[timed(histogram = "hostile_seconds")]
#[counted(counter = "hostile_total")]
#[counted_failure(counter = "hostile_failures_total")]
#[in_flight(gauge = "hostile_active")]
fn work(result: Option<Result<u32, String>>) -> Result<u32, String> {
    result.unwrap_or_else(|| panic!("a panic on purpose"))
}

/// Works and waits.
#[timed(histogram = "hostile_async_seconds")]
#[counted_failure(counter = "hostile_async_failures_total")]
#[in_flight(gauge = "hostile_async_active")]
async fn waiting(polls: u32) -> u32 {
    let mut left = polls;
    poll_fn(|_| {
        left = left.saturating_sub(1);
        if left == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    polls
}

/// Checks that each call ends as it does without metrics.
fn check_endings() {
    assert_eq!(work(Some(Ok(1))), Ok(1));
    assert_eq!(work(Some(Err("on purpose".to_owned()))), Err("on purpose".to_owned()));
    // A second panic, of the recorder, during this one would abort the program.
    let payload = catch_unwind(AssertUnwindSafe(|| work(None))).expect_err("it panics");
    assert_eq!(payload.downcast_ref::<&str>(), Some(&"a panic on purpose"));
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(pin!(waiting(1)).poll(&mut context), Poll::Ready(1));
    {
        let mut cancelled = pin!(waiting(2));
        assert!(cancelled.as_mut().poll(&mut context).is_pending());
    }
}

// One test: a program has one recorder.
#[test]
fn a_recorder_that_panics_changes_nothing_in_the_program() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    // Through the facade.
    for registers in [true, false] {
        metrics::with_local_recorder(&Panicking { registers, asked: &ASKED }, check_endings);
    }
    assert!(ASKED.load(Ordering::Relaxed) > 0);
    // Attached. It is asked once for each series, and not again after its panic.
    assert!(metrics::set_global_recorder(Panicking { registers: false, asked: &ASKED }).is_ok());
    metrics_runtime::attach().expect("there is a recorder");
    let asked = ASKED.load(Ordering::Relaxed);
    check_endings();
    assert_eq!(ASKED.load(Ordering::Relaxed), asked);
}
