use metrics_runtime::counted;

#[counted(counter = "calls_total", labels(jobKind: bool = true, Kind: bool = true))]
fn camel() {}

fn main() {}
