//! A condition says yes or no.

use metrics_runtime::counted_failure;

#[counted_failure(counter = "a_total", error_if = |number| number.to_string())]
fn a_text() -> u32 {
    1
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[counted_failure(counter = "b_total", ok_if = is_zero)]
fn another_type() -> u32 {
    1
}

fn main() {}
