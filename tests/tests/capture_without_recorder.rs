//! `testing::capture` in a program without a recorder, as in most tests.

use std::pin::{Pin, pin};
use std::task::{Context, Waker};

use metrics_exporter_prometheus::PrometheusBuilder;
use metrics_runtime::testing::capture;
use metrics_runtime::{counted, declare_metrics, in_flight};
use system_tests::Page;

declare_metrics! {
    /// Waiting.
    histogram WAIT = "alone_wait_seconds";
}

#[counted(counter = "alone_started_total")]
#[counted(counter = "alone_ended_total", on = end)]
#[in_flight(gauge = "alone_active")]
async fn work() {
    tokio::task::yield_now().await;
}

fn poll_once(future: Pin<&mut impl Future>) -> bool {
    future.poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

#[test]
fn a_call_whose_start_was_not_recorded_is_recorded_completely() {
    let mut call = pin!(work());
    assert!(!poll_once(call.as_mut()));
    let seen = capture(|| assert!(poll_once(call.as_mut())));
    assert_eq!(seen.to_string(), "alone_ended_total{} 1\nalone_started_total{} 1\n");
}

#[test]
fn a_call_that_outlives_the_capture_stays_in_flight() {
    let mut call = pin!(work());
    let seen = capture(|| assert!(!poll_once(call.as_mut())));
    assert!(poll_once(call.as_mut()));
    assert_eq!(seen.to_string(), "alone_active{} 1\nalone_started_total{} 1\n");
}

#[test]
fn a_call_whose_start_another_recorder_has_recorded_is_recorded_completely() {
    let recorders = [(); 2].map(|()| PrometheusBuilder::new().build_recorder());
    let mut call = pin!(work());
    metrics::with_local_recorder(&recorders[0], || assert!(!poll_once(call.as_mut())));
    metrics::with_local_recorder(&recorders[1], || assert!(poll_once(call.as_mut())));
    let [first, second] = recorders.map(|recorder| Page::from(recorder.handle().render()));
    let values = |page: &Page| {
        ["alone_started_total", "alone_ended_total", "alone_active"].map(|series| page.value(series, &[]))
    };
    assert_eq!(values(&first), [Some(1.0), None, Some(1.0)]);
    assert_eq!(values(&second), [Some(1.0), Some(1.0), None]);

    // A call whose start a recorder has recorded does not reach a capture.
    let recorder = PrometheusBuilder::new().build_recorder();
    let mut call = pin!(work());
    metrics::with_local_recorder(&recorder, || assert!(!poll_once(call.as_mut())));
    assert_eq!(capture(|| assert!(poll_once(call.as_mut()))).to_string(), "");
}

#[test]
fn observations_are_those_that_the_page_would_show() {
    let seen = capture(|| [0.5, -1.0, f64::NAN, f64::INFINITY].into_iter().for_each(|seconds| WAIT.observe(seconds)));
    assert_eq!(seen.observations("alone_wait_seconds", &[]), [0.5, 0.0]);
}
