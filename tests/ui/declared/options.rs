use metrics_runtime::{Label, counted, counted_failure, declare_metrics, timed};

#[derive(Clone, Copy, Label)]
enum Endpoint { Prompt }

declare_metrics! {
    /// Requests.
    counter REQUESTS = "requests_total", labels(endpoint: Endpoint);
    /// Waits.
    histogram WAIT = "wait_seconds";
}

#[counted(counter = REQUESTS, labels(endpoint: Endpoint = endpoint), description = "Requests.")]
fn what_the_declaration_says(endpoint: Endpoint) {}

#[timed(histogram = WAIT, buckets(1, 2))]
fn buckets() {}

#[counted_failure(counter = REQUESTS, reason: Endpoint, labels(endpoint))]
fn own_reasons(endpoint: Endpoint) {}

#[timed(histogram = wait_seconds)]
fn a_name_without_quotes() {}

fn main() {}
