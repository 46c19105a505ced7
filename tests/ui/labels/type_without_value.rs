use metrics_runtime::timed;

#[timed(histogram = "a_seconds", labels(large: bool))]
fn without_value(size: u64) {}

fn main() {}
