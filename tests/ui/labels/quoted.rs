use metrics_runtime::timed;

#[timed(histogram = "a_seconds", labels("step"))]
fn quoted(step: bool) {}

fn main() {}
