use metrics_runtime::counted;

#[counted(counter = "images_generated")]
fn bare() {}

#[counted(counter = "images_seconds")]
fn unit() {}

fn main() {}
