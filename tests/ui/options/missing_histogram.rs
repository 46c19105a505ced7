use metrics_runtime::timed;

#[timed]
fn bare() {}

#[timed()]
fn empty() {}

#[timed(buckets(1, 2))]
fn without_name() {}

fn main() {}
