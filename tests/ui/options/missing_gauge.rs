use metrics_runtime::in_flight;

#[in_flight]
fn bare() {}

fn main() {}
