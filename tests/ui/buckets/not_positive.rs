use metrics_runtime::timed;

#[timed(histogram = "a_seconds", buckets(0, 1))]
fn zero() {}

#[timed(histogram = "a_seconds", buckets(-1, 1))]
fn negative() {}

fn main() {}
