use metrics_runtime::{Label, counted_failure};

#[derive(Clone, Copy, Label)]
enum Reason {
    Slow,
}

struct Broken;

#[counted_failure(counter = "failures_total", reason: Reason)]
fn call() -> Result<(), Broken> {
    Ok(())
}

fn main() {}
