use metrics_runtime::timed;

#[timed(histogram = "a_seconds" buckets(1, 2))]
fn between_options() {}

#[timed(histogram = "a_seconds", labels(one two))]
fn between_labels(one: bool, two: bool) {}

fn main() {}
