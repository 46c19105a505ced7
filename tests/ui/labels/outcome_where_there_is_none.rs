use metrics_runtime::{counted, counted_failure, in_flight};

#[counted(counter = "a_total", labels(outcome))]
fn at_the_start() {}

#[counted(counter = "a_total", on = ok, labels(outcome))]
fn always_ok() {}

#[in_flight(gauge = "active", labels(outcome))]
fn in_flight() {}

#[counted_failure(counter = "a_total", labels(outcome, reason))]
fn beside_the_reason(reason: bool) {}

fn main() {}
