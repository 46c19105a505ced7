use metrics_runtime::counted_failure;

#[counted_failure(counter = "image_failures")]
fn bare() {}

fn main() {}
