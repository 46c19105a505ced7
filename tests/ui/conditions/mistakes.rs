//! What `error_if` and `ok_if` refuse.

use metrics_runtime::{counted, counted_failure, in_flight, timed};

#[counted_failure(counter = "a_total", error_if = Option::is_none)]
#[timed(histogram = "a_seconds", error_if = |found| found.is_none())]
fn at_two_attributes() -> Option<u32> {
    None
}

#[counted_failure(counter = "b_total", error_if = true)]
fn a_value() -> u32 {
    1
}

#[counted_failure(counter = "c_total", error_if)]
fn nothing() -> u32 {
    1
}

#[counted_failure(counter = "d_total", ok_if = || true)]
fn no_parameter() -> u32 {
    1
}

#[counted_failure(counter = "e_total", ok_if = async |number| *number > 0)]
fn that_waits() -> u32 {
    1
}

#[in_flight(gauge = "f", error_if = |number| *number > 0)]
fn at_a_gauge() -> u32 {
    1
}

#[timed(histogram = "g_seconds", error_if = |number| *number > 0)]
#[counted(counter = "g_total")]
fn where_no_outcome_is_recorded() -> u32 {
    1
}

#[counted_failure(counter = "h_total", error_if = |_| true)]
fn that_never_returns() -> ! {
    panic!()
}

#[counted_failure(counter = "i_total", error_of = |_| true)]
fn misspelt() -> u32 {
    1
}

fn main() {}
