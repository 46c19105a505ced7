use metrics_runtime::timed;

#[timed(histogram = "a_seconds", labels(large = size > 3))]
fn without_type(size: u64) {}

fn main() {}
