use metrics_runtime::timed;

#[timed(histogram = 3)]
fn number() {}

#[timed(histogram = image_seconds)]
fn bare_word() {}

#[timed(histogram = "a_seconds", description = 3)]
fn description() {}

fn main() {}
