use metrics_runtime::timed;

#[timed(histogram = "a_seconds", labels(large: bool = size))]
fn expression(size: u64) {}

#[timed(histogram = "a_seconds", labels(large: bool = |result| *result))]
fn result() -> u64 {
    3
}

fn main() {}
