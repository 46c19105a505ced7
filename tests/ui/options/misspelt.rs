use metrics_runtime::timed;

#[timed(histgram = "calls_seconds")]
fn histogram() {}

#[timed(histogram = "calls_seconds", label(step))]
fn labels(step: bool) {}

#[timed(histogram = "calls_seconds", bucket(1, 2))]
fn buckets() {}

#[timed(histogram = "calls_seconds", desciption = "x")]
fn description() {}

fn main() {}
