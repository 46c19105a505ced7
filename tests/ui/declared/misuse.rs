use metrics_runtime::{Label, Outcome, counted, counted_failure, declare_metrics, in_flight, timed};

#[derive(Clone, Copy, Label)]
enum Endpoint { Prompt, History }

#[derive(Clone, Copy, Label)]
enum Other { One }

declare_metrics! {
    /// Requests.
    counter REQUESTS = "requests_total", labels(endpoint: Endpoint, status: bool);
    /// Waits.
    histogram WAIT = "wait_seconds", labels(endpoint: Endpoint);
    /// Active.
    gauge ACTIVE = "active";
    /// Failures.
    counter FAILURES = "failures_total", labels(endpoint: Endpoint, reason: Outcome);
}

#[counted(counter = WAIT, labels(endpoint))]
fn another_kind(endpoint: Endpoint) {}

#[timed(histogram = WAIT, labels(endpoint))]
fn another_type(endpoint: Other) {}

#[counted(counter = REQUESTS, labels(endpoint))]
fn a_label_is_missing(endpoint: Endpoint) {}

#[timed(histogram = WAIT, labels(endpoint, step))]
fn a_label_is_too_much(endpoint: Endpoint, step: Other) {}

#[in_flight(gauge = ACTIVE, labels(endpoint))]
fn it_has_none(endpoint: Endpoint) {}

#[counted(counter = REQUESTS, on = end, labels(endpoint, status = |result| *result))]
fn no_value_without_a_result(endpoint: Endpoint) -> bool { true }

#[counted_failure(counter = FAILURES, labels(endpoint))]
fn reason_of_another_type(endpoint: Endpoint) {}

#[timed(histogram = NOWHERE)]
fn not_declared() {}

fn main() {}
