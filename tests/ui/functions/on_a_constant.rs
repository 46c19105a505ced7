use metrics_runtime::timed;

#[timed(histogram = "a_seconds")]
static JOB: u32 = 3;

fn main() {}
