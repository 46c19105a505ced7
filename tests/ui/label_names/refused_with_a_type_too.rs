use metrics_runtime::counted;

// Giving the value a type does not make its name a good one.
#[counted(counter = "calls_total", labels(job_id: bool = job_id == 0))]
fn with_expression(job_id: u64) {}

#[counted(counter = "calls_total", on = end, labels(request: bool = |result| *result))]
fn with_result() -> bool {
    true
}

fn main() {}
