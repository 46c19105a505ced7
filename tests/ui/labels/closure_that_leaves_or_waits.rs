use metrics_runtime::{counted, timed};

#[counted(counter = "a_total", on = end, labels(big: bool = |number| { if *number > 2 { return true } false }))]
fn leaves() -> u8 { 3 }

#[counted(counter = "b_total", labels(big: bool = { if number > 2 { return 7 } false }))]
fn leaves_before(number: u8) {}

#[timed(histogram = "c_seconds", labels(big: bool = async |number| *number > 2))]
async fn waits() -> u8 { 3 }

#[timed(histogram = "d_seconds", labels(big: bool = |number| -> bool { *number > 2 }))]
fn says_its_type() -> u8 { 3 }

fn main() {}
