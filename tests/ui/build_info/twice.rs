//! A second one beside the first.

metrics_runtime::build_info!();
metrics_runtime::build_info!();

fn main() {}
