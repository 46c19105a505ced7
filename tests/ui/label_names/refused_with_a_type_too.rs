use metrics_runtime::counted;

// A name is refused even if the label has a type.
#[counted(counter = "calls_total", labels(job_id: bool = job_id == 0))]
fn with_expression(job_id: u64) {}

#[counted(counter = "calls_total", on = end, labels(request: bool = |result| *result))]
fn with_result() -> bool {
    true
}

fn main() {}
