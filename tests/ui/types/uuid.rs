use metrics_runtime::timed;

struct Uuid([u8; 16]);

#[timed(histogram = "a_seconds", labels(job))]
fn uuid(job: Uuid) {}

fn main() {}
