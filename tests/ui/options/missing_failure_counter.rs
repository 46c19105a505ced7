use metrics_runtime::counted_failure;

#[counted_failure]
fn bare() -> Result<(), ()> {
    Ok(())
}

fn main() {}
