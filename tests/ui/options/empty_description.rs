use metrics_runtime::timed;

#[timed(histogram = "a_seconds", description = " ")]
fn blank() {}

fn main() {}
