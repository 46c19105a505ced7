use metrics_runtime::timed;

#[timed(histogram = "a_seconds", labels(step, step))]
fn twice(step: bool) {}

fn main() {}
