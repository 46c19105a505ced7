//! `testing::capture` sees what a test's own code records, and nothing else.

#![allow(clippy::float_cmp, reason = "counts are whole numbers")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::OnceLock;
use std::task::{Context, Waker};

use metrics_runtime::testing::{Capture, capture, capture_async};
use metrics_runtime::{Handle, Label, counted, counted_failure, declare_metrics, in_flight, timed};
use system_tests::Page;

#[derive(Clone, Copy, Debug, Label)]
enum Step {
    One,
    Two,
}

declare_metrics! {
    /// Waiting.
    gauge WAITING = "capture_waiting";
}

#[timed(histogram = "capture_seconds", labels(step), buckets(0.5, 10))]
#[counted(counter = "capture_started_total")]
#[counted_failure(counter = "capture_failures_total", labels(step))]
#[in_flight(gauge = "capture_active")]
async fn work(step: Step, waits: bool) -> Result<(), String> {
    tokio::task::yield_now().await;
    WAITING.set(2.5);
    if waits {
        std::future::pending::<()>().await;
    }
    if matches!(step, Step::Two) { Err("on purpose".to_owned()) } else { Ok(()) }
}

#[counted(counter = "capture_plain_total")]
fn plain() {}

/// Our own recorder is installed in this process; a capture must take precedence over it.
fn metrics() -> &'static Handle {
    static HANDLE: OnceLock<Handle> = OnceLock::new();
    HANDLE.get_or_init(|| metrics_runtime::builder().no_listener().init().expect("the settings are valid"))
}

fn runtime(threads: usize) -> tokio::runtime::Runtime {
    let mut builder = if threads == 1 {
        tokio::runtime::Builder::new_current_thread()
    } else {
        tokio::runtime::Builder::new_multi_thread()
    };
    builder.worker_threads(threads).enable_time().build().expect("a runtime can be made")
}

#[test]
fn parallel_captures_are_separate_from_each_other_and_from_the_page() {
    metrics();
    std::thread::scope(|scope| {
        for number in 1..=8_u32 {
            scope.spawn(move || {
                for _ in 0..50 {
                    let seen = capture(|| {
                        (0..number).for_each(|_| plain());
                        number
                    });
                    assert_eq!(seen.output, number);
                    assert_eq!(seen.counter("capture_plain_total", &[]), u64::from(number));
                }
            });
        }
    });
    let page = || Page::from(metrics().render()).value("capture_plain_total", &[]);
    assert_eq!(page(), Some(0.0), "captured calls are on the page");
    plain();
    assert_eq!(page(), Some(1.0), "calls outside of a capture are not");
    // A capture does not see calls outside of it.
    let capture = Capture::new();
    plain();
    capture.run(plain);
    assert_eq!(page(), Some(2.0));
    assert_eq!(capture.snapshot().counter("capture_plain_total", &[]), 1);
}

#[test]
fn async_code_is_captured_on_every_thread() {
    metrics();
    for threads in [1, 4] {
        runtime(threads).block_on(async {
            let seen = capture_async(async {
                assert!(work(Step::One, false).await.is_ok());
                assert!(work(Step::Two, false).await.is_err());
                let limit = std::time::Duration::from_millis(5);
                assert!(tokio::time::timeout(limit, work(Step::Two, true)).await.is_err());
                "done"
            })
            .await;
            assert_eq!(seen.output, "done");
            assert_eq!(seen.counter("capture_started_total", &[]), 3);
            assert_eq!(seen.counter("capture_failures_total", &[("step", "two"), ("reason", "error")]), 1);
            assert_eq!(seen.counter("capture_failures_total", &[("reason", "cancelled"), ("step", "two")]), 1);
            assert_eq!(seen.counter("capture_failures_total", &[("reason", "panic"), ("step", "two")]), 0);
            assert_eq!(seen.observations("capture_seconds", &[("step", "two")]).len(), 2);
            assert_eq!(seen.buckets("capture_seconds", &[("step", "one")]), [(0.5, 1), (10.0, 1), (f64::INFINITY, 1)]);
            assert_eq!(seen.gauge("capture_active", &[]), 0.0);
            assert_eq!(seen.gauge("capture_waiting", &[]), 2.5);
        });
    }
}

#[test]
fn spawned_tasks_are_captured_if_they_are_wrapped() {
    metrics();
    runtime(4).block_on(async {
        let capture = Capture::new();
        let tasks: Vec<_> = (0..20)
            .map(|number| {
                let step = if number % 2 == 0 { Step::One } else { Step::Two };
                tokio::spawn(capture.wrap(work(step, false)))
            })
            .collect();
        for task in tasks {
            let _ = task.await.expect("no task panics");
        }
        // An aborted task is dropped, and counted, on any thread of the runtime.
        let aborted = tokio::spawn(capture.wrap(work(Step::One, true)));
        while capture.snapshot().counter("capture_started_total", &[]) < 21 {
            tokio::task::yield_now().await;
        }
        aborted.abort();
        assert!(aborted.await.is_err());
        let seen = capture.snapshot();
        assert_eq!(seen.counter("capture_started_total", &[]), 21);
        assert_eq!(seen.counter("capture_failures_total", &[("step", "two"), ("reason", "error")]), 10);
        assert_eq!(seen.counter("capture_failures_total", &[("step", "one"), ("reason", "cancelled")]), 1);
    });
}

/// Ends in this way at its second poll.
#[timed(histogram = "capture_crossing_seconds")]
#[counted(counter = "capture_crossing_started_total")]
#[counted(counter = "capture_crossing_ended_total", on = end)]
#[in_flight(gauge = "capture_crossing_active")]
async fn crossing(result: Result<(), String>) -> Result<(), String> {
    tokio::task::yield_now().await;
    result
}

const CROSSING: [&str; 4] = [
    "capture_crossing_started_total",
    "capture_crossing_ended_total",
    "capture_crossing_seconds_count",
    "capture_crossing_active",
];

fn poll_once(future: Pin<&mut impl Future>) -> bool {
    future.poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

#[test]
fn a_call_is_recorded_where_it_started() {
    metrics();
    let page = || {
        let page = Page::from(metrics().render());
        CROSSING.map(|series| page.value(series, &[]).expect("it is there from the start"))
    };
    for result in [Ok(()), Err("on purpose".to_owned())] {
        // It starts outside of the capture in which it ends.
        let before = page();
        let mut call = pin!(crossing(result.clone()));
        assert!(!poll_once(call.as_mut()));
        let seen = capture(|| assert!(poll_once(call.as_mut())));
        assert_eq!(seen.to_string(), "", "the capture has not seen it start");
        assert_eq!(page(), [before[0] + 1.0, before[1] + 1.0, before[2] + 1.0, before[3]]);

        // It starts in a capture and ends outside of it.
        let before = page();
        let mut call = pin!(crossing(result));
        let seen = capture(|| assert!(!poll_once(call.as_mut())));
        let another = Capture::new();
        assert!(poll_once(call.as_mut()));
        drop(another);
        assert_eq!(seen.to_string(), "capture_crossing_active{} 1\ncapture_crossing_started_total{} 1\n");
        assert_eq!(page(), before, "a call that started in a capture does not reach the page");
    }
    // It starts in one capture and ends in another.
    let mut call = pin!(crossing(Ok(())));
    let first = capture(|| assert!(!poll_once(call.as_mut())));
    let second = capture(|| assert!(poll_once(call.as_mut())));
    assert_eq!(first.to_string(), "capture_crossing_active{} 1\ncapture_crossing_started_total{} 1\n");
    assert_eq!(second.to_string(), "");
    // A call that the code returns is in flight, and one that it drops is cancelled.
    for is_dropped in [false, true] {
        let mut seen = capture(|| {
            let mut call = Box::pin(crossing(Ok(())));
            assert!(!poll_once(call.as_mut()));
            (!is_dropped).then_some(call)
        });
        assert_eq!(seen.counter("capture_crossing_ended_total", &[]), u64::from(is_dropped));
        assert_eq!(seen.gauge("capture_crossing_active", &[]), f64::from(u8::from(!is_dropped)));
        let before = page();
        if let Some(call) = &mut seen.output {
            assert!(poll_once(call.as_mut()), "it is ready");
        }
        assert_eq!(page(), before);
    }
    // It starts outside and is dropped inside.
    let before = page();
    let mut call = Box::pin(crossing(Ok(())));
    assert!(!poll_once(call.as_mut()));
    assert_eq!(capture(move || drop(call)).to_string(), "");
    assert_eq!(page(), [before[0] + 1.0, before[1] + 1.0, before[2] + 1.0, before[3]]);
}

#[test]
fn an_unknown_name_is_a_mistake_in_the_test() {
    let seen = capture(plain);
    let message = |ask: &dyn Fn()| {
        let panic = catch_unwind(AssertUnwindSafe(ask)).expect_err("it is a mistake");
        panic.downcast_ref::<String>().expect("the message is a text").clone()
    };
    let unknown = message(&|| {
        let _ = seen.counter("capture_plian_total", &[]);
    });
    assert!(
        unknown.starts_with("no metric has the name `capture_plian_total`; the known names are capture_active, "),
        "{unknown}"
    );
    let kind = message(&|| {
        let _ = seen.gauge("capture_plain_total", &[]);
    });
    assert_eq!(kind, "`capture_plain_total` is a counter, but the test asks for a gauge");
    let labels = message(&|| {
        let _ = seen.counter("capture_failures_total", &[("stp", "one"), ("reason", "error")]);
    });
    assert_eq!(labels, "`capture_failures_total` has the labels reason, step, but the test asks for reason, stp");
    let left_out = message(&|| {
        let _ = seen.observations("capture_seconds", &[]);
    });
    assert_eq!(left_out, "`capture_seconds` has the labels step, but the test asks for none");
    let value = message(&|| {
        let _ = seen.observations("capture_seconds", &[("step", "three")]);
    });
    assert_eq!(value, "`capture_seconds` has no value `three` for its label `step`, whose values are one, two");
    assert_eq!(seen.counter("capture_failures_total", &[("step", "one"), ("reason", "error")]), 0);
    assert_eq!(seen.to_string(), "capture_plain_total{} 1\n");
}

#[test]
fn a_difference_is_shown_by_series() {
    let seen = capture(|| {
        plain();
        runtime(1).block_on(async {
            let _ = (work(Step::One, false).await, work(Step::Two, false).await);
        });
    });
    let expected = r#"
        capture_failures_total{reason="error",step="two"} 1
        capture_plain_total 1
        capture_seconds_count{step="one"} 1
        capture_seconds_count{step="two"} 1
        capture_started_total 2
        capture_waiting 2.5
    "#;
    seen.assert_series(expected);
    seen.assert_series(&format!("{expected}\ncapture_active 0"));

    let wrong = expected.replace("capture_plain_total 1", "capture_plain_total 3").replace("capture_waiting 2.5", "");
    let payload = catch_unwind(AssertUnwindSafe(|| seen.assert_series(&wrong))).expect_err("they differ");
    let message = payload.downcast_ref::<String>().expect("a panic with a text");
    for line in [
        "- capture_plain_total 3\n",
        "+ capture_plain_total 1\n",
        "+ capture_waiting 2.5\n",
        "  capture_started_total 2\n",
    ] {
        assert!(message.contains(line), "{line}: {message}");
    }
}
