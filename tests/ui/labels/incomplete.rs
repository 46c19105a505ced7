use metrics_runtime::timed;

#[timed(histogram = "a_seconds", labels(status bool = true))]
fn without_a_colon() {}

#[timed(histogram = "a_seconds", labels(status: = true, large:))]
fn without_a_type() {}

#[timed(histogram = "a_seconds", labels(status: bool =, large =))]
fn without_a_value() {}

#[timed(histogram = "a_seconds", labels(status: bool = || true))]
fn closure_that_takes_nothing() {}

#[timed(histogram = "a_seconds", labels(outcome: Outcome))]
fn built_in() {}

fn main() {}
