use metrics_runtime::timed;

type Name = String;
type Borrowed<'a> = &'a str;

#[timed(histogram = "a_seconds", labels(name))]
fn alias(name: Name) {}

#[timed(histogram = "a_seconds", labels(name))]
fn borrowed(name: Borrowed<'_>) {}

fn main() {}
