use metrics_runtime::timed;

#[timed(histogram = "a_seconds", labels(large: bool = |result, size| *result > size))]
fn two() -> u64 {
    3
}

fn main() {}
