use metrics_runtime::Failure;

#[derive(Debug, Failure)]
struct Broken;

fn main() {}
