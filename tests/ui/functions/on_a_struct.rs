use metrics_runtime::timed;

#[timed(histogram = "a_seconds")]
struct Job;

fn main() {}
