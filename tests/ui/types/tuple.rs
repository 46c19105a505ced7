use metrics_runtime::timed;

#[timed(histogram = "a_seconds", labels(pair))]
fn tuple(pair: (bool, bool)) {}

fn main() {}
