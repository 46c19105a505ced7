use metrics_runtime::timed;

#[timed(histogram = "calls_seconds", labels(job_id, step, filename))]
fn several(job_id: u64, step: bool, filename: &str) {}

fn main() {}
