use metrics_runtime::timed;

#[timed(histogram = "a_seconds", histogram = "b_seconds", description = "x", description = "y")]
fn twice() {}

fn main() {}
