use metrics_runtime::timed;

#[timed(histogram = "a_seconds", labels(name))]
fn unbounded(name: String) {}

fn main() {}
