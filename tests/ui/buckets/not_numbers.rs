use metrics_runtime::timed;

#[timed(histogram = "a_seconds", buckets("1", "2"))]
fn texts() {}

#[timed(histogram = "a_seconds", buckets(LIMIT))]
fn constant() {}

#[timed(histogram = "a_seconds", buckets(1 + 1))]
fn sum() {}

#[timed(histogram = "a_seconds", buckets([1, 2]))]
fn array() {}

#[timed(histogram = "a_seconds", buckets(1..10))]
fn range() {}

fn main() {}
