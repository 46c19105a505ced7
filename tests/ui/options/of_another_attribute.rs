use metrics_runtime::{counted, in_flight, timed};

#[timed(histogram = "calls_seconds", on = ok)]
fn on() {}

#[counted(counter = "calls_total", buckets(1, 2))]
fn buckets() {}

#[timed(counter = "calls_total")]
fn kind() {}

#[in_flight(histogram = "calls_seconds")]
fn other_kind() {}

fn main() {}
