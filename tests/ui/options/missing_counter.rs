use metrics_runtime::counted;

#[counted(on = ok)]
fn bare() {}

fn main() {}
