//! The recorder that the metrics are attached to drops series that are idle. With the next call they are there again.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use metrics_runtime::{counted, declare_metrics, in_flight, timed};
use metrics_util::MetricKindMask;
use system_tests::{Page, wait_until};

declare_metrics! {
    /// Set.
    gauge LEVEL = "idle_level";
    /// Changed.
    gauge WEIGHT = "idle_weight";
}

static IS_DONE: AtomicBool = AtomicBool::new(false);

/// Waits until it is done.
#[timed(histogram = "idle_job_seconds", buckets(1, 2))]
#[counted(counter = "idle_jobs_total")]
#[in_flight(gauge = "idle_active")]
async fn job() {
    poll_fn(|_| if IS_DONE.load(Ordering::Relaxed) { Poll::Ready(()) } else { Poll::Pending }).await;
}

fn poll(future: std::pin::Pin<&mut impl Future>) -> bool {
    future.poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

fn value(handle: &PrometheusHandle, series: &str) -> Option<f64> {
    Page::from(handle.render()).value(series, &[])
}

/// Waits until the recorder has dropped all series.
fn wait_until_idle(handle: &PrometheusHandle) {
    wait_until("all series are dropped", || {
        handle.render().lines().all(|line| !line.starts_with("idle_")).then_some(())
    });
}

// One test: a program has one recorder.
#[test]
fn a_series_that_was_dropped_is_there_again_with_the_next_call() {
    let timeout = Some(Duration::from_millis(200));
    let recorder = PrometheusBuilder::new().idle_timeout(MetricKindMask::ALL, timeout).build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).expect("there is none yet");
    metrics_runtime::attach().expect("there is a recorder");
    assert_eq!(value(&handle, "idle_jobs_total"), Some(0.0));

    // Idle from the start, and then again.
    for _ in 0..2 {
        wait_until_idle(&handle);
        IS_DONE.store(true, Ordering::Relaxed);
        assert!(poll(pin!(job())));
        LEVEL.set(3.0);
        WEIGHT.increment(0.5);
        WEIGHT.decrement(0.5);
        // One page: a slow test could make the series idle before another one.
        let page = Page::from(handle.render());
        for (series, expected) in [
            ("idle_jobs_total", 1.0),
            ("idle_job_seconds_count", 1.0),
            ("idle_active", 0.0),
            ("idle_level", 3.0),
            ("idle_weight", 0.0),
        ] {
            assert_eq!(page.value(series, &[]), Some(expected), "{series}:\n{}", page.text());
        }
    }

    // A gauge that was raised in a dropped series is not lowered in a new one.
    IS_DONE.store(false, Ordering::Relaxed);
    let mut call = pin!(job());
    assert!(!poll(call.as_mut()));
    assert_eq!(value(&handle, "idle_active"), Some(1.0));
    WEIGHT.increment(2.0);
    wait_until_idle(&handle);
    IS_DONE.store(true, Ordering::Relaxed);
    assert!(poll(call.as_mut()));
    WEIGHT.decrement(1.0);
    let page = Page::from(handle.render());
    for (series, expected) in [("idle_job_seconds_count", Some(1.0)), ("idle_active", None), ("idle_weight", None)] {
        assert_eq!(page.value(series, &[]), expected, "{series}:\n{}", page.text());
    }
    // At zero it begins anew.
    IS_DONE.store(false, Ordering::Relaxed);
    let mut call = pin!(job());
    assert!(!poll(call.as_mut()));
    assert_eq!(value(&handle, "idle_active"), Some(1.0), "{}", handle.render());
    WEIGHT.decrement(1.0);
    WEIGHT.increment(4.0);
    assert_eq!(value(&handle, "idle_weight"), Some(4.0), "{}", handle.render());
}
