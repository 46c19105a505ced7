use metrics_runtime::{in_flight, timed};

#[in_flight(gauge = "workers_count")]
fn count() {}

#[timed(histogram = "wait_seconds_sum")]
fn sum() {}

#[timed(histogram = "wait_seconds_bucket")]
fn bucket() {}

#[in_flight(gauge = "build_info")]
fn info() {}

fn main() {}
