use metrics_runtime::timed;

#[timed(histogram = "a_seconds", buckets())]
fn none() {}

fn main() {}
