use metrics_runtime::timed;

#[timed(histogram)]
fn no_value() {}

#[timed(histogram = )]
fn empty_value() {}

#[timed(histogram = "a_seconds", labels)]
fn no_list() {}

#[timed(histogram = "a_seconds", labels = step)]
fn not_a_list(step: bool) {}

#[timed(histogram = "a_seconds", buckets = [1, 2])]
fn array() {}

fn main() {}
