use metrics_runtime::counted_failure;

#[counted_failure(counter = "failures_total", reason: String)]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
