//! What the types of code in `measure!` must be.

use std::future::Future;

use metrics_runtime::{measure, measure_stream};

async fn fetch() -> Result<u32, std::io::Error> {
    Ok(1)
}

fn a_future_that_has_not_run() -> impl Future {
    measure!(#[timed(histogram = "a_seconds")] fetch())
}

fn a_future_whose_outcome_is_not_known() -> impl Future {
    measure!(#[timed(histogram = "b_seconds", labels(outcome))] { fetch() })
}

fn an_error_of_no_type() {
    let future = measure!(#[timed(histogram = "c_seconds", labels(outcome))] async { Ok(fetch().await?) });
    drop(future);
}

fn no_stream() {
    measure_stream!(#[timed(histogram = "d_seconds")] vec![1]);
}

fn main() {}
