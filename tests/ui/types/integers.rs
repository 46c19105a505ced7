use metrics_runtime::timed;

#[timed(histogram = "a_seconds", labels(count))]
fn parameter(count: u64) {}

#[timed(histogram = "a_seconds", labels(count: usize = items.len()))]
fn expression(items: &[u8]) {}

#[timed(histogram = "a_seconds", labels(code: u16 = |result| *result))]
fn result() -> u16 {
    200
}

fn main() {}
