use metrics_runtime::in_flight;

#[in_flight(gauge = "workers_total")]
fn total() {}

fn main() {}
