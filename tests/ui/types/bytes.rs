use metrics_runtime::timed;

#[timed(histogram = "a_seconds", labels(name))]
fn unbounded(name: Vec<u8>) {}

fn main() {}
