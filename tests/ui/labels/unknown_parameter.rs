use metrics_runtime::timed;

#[timed(histogram = "a_seconds", labels(stepp))]
fn misspelt(step: bool, workflow: bool) {}

#[timed(histogram = "a_seconds", labels(kind))]
fn unknown(step: bool, workflow: bool) {}

#[timed(histogram = "a_seconds", labels(kind))]
fn no_parameters() {}

#[timed(histogram = "a_seconds", labels(step))]
fn in_a_pattern((step, _): (bool, bool)) {}

fn main() {}
