use metrics_runtime::timed;

#[timed(histogram = "a_seconds", buckets(10, 5))]
fn falling() {}

#[timed(histogram = "a_seconds", buckets(1, 1.0))]
fn equal() {}

fn main() {}
