//! `testing::capture` in a program that installs no recorder, as most tests are.

use std::pin::{Pin, pin};
use std::task::{Context, Waker};

use metrics_runtime::testing::capture;
use metrics_runtime::{counted, in_flight};

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
fn a_call_that_nobody_saw_start_is_seen_whole() {
    let mut call = pin!(work());
    assert!(!poll_once(call.as_mut()));
    let seen = capture(|| assert!(poll_once(call.as_mut())));
    assert_eq!(seen.to_string(), "alone_ended_total{} 1\nalone_started_total{} 1\n");
}

#[test]
fn a_call_that_goes_on_after_the_capture_stays_in_flight() {
    let mut call = pin!(work());
    let seen = capture(|| assert!(!poll_once(call.as_mut())));
    assert!(poll_once(call.as_mut()));
    assert_eq!(seen.to_string(), "alone_active{} 1\nalone_started_total{} 1\n");
}
