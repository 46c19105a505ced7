use metrics_runtime::{counted, timed};

#[timed = "calls_seconds"]
fn outer() {}

#[counted(counter = "calls_total")]
#[timed = "calls_seconds"]
fn stacked() {}

fn main() {}
