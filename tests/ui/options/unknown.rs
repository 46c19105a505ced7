use metrics_runtime::timed;

#[timed(histogram = "calls_seconds", percentile = 95)]
fn unknown() {}

fn main() {}
