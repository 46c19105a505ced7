use metrics_runtime::{counted, in_flight};

#[counted(counter = "a_total", labels(large: bool = |result| *result > 3))]
fn counted_at_the_start() -> u64 {
    3
}

#[in_flight(gauge = "active", labels(large: bool = |result| *result > 3))]
fn in_flight() -> u64 {
    3
}

fn main() {}
