use metrics_runtime::timed;

#[timed(histogram = "image_generation")]
fn bare() {}

#[timed(histogram = "image_generation_total")]
fn counter() {}

#[timed(histogram = "image_generation_ms")]
fn milliseconds() {}

fn main() {}
