use metrics_runtime::timed;

#[timed(histogram = "a_seconds")]
enum Job { One }

fn main() {}
