use metrics_runtime::timed;

#[timed(histogram = "a_seconds", labels(outcome))]
fn both(outcome: bool) {}

fn main() {}
