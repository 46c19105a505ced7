use metrics_runtime::timed;

#[timed("calls_seconds")]
fn positional() {}

fn main() {}
