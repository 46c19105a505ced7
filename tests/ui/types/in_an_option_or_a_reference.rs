use metrics_runtime::timed;

#[timed(histogram = "a_seconds", labels(name))]
fn option(name: Option<String>) {}

#[timed(histogram = "a_seconds", labels(name))]
fn reference(name: &String) {}

#[timed(histogram = "a_seconds", labels(name))]
fn both(name: &Option<&str>) {}

fn main() {}
