use metrics_runtime::{counted, counted_failure, declare_metrics, in_flight};

declare_metrics! {
    /// Failures.
    counter FAILURES = "failures_total", labels(outcome: metrics_runtime::FailedOutcome);
}

#[counted_failure(counter = "draw_failures_total", objective(percent = 99.5))]
fn draw() {}

// Neither of these counts all calls.
#[counted(counter = "fetched_total", on = ok)]
#[in_flight(gauge = "fetching")]
#[counted(counter = "fetch_failures_total", on = failure, objective(percent = 99.5))]
async fn fetch() {}

#[counted(counter = FAILURES, on = failure, labels(outcome), objective(percent = 99.5))]
fn r#move() {}

// The attribute that counts all calls is there, so its mistake is the only one.
#[counted(counter = "reads")]
#[counted_failure(counter = "read_failures_total", objective(percent = 99.5))]
fn read() {}

fn main() {}
