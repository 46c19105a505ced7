//! What is observed is a number, or a duration where the unit is seconds.

use std::time::Duration;

use metrics_runtime::{declare_metrics, observed};

#[observed(histogram = "a_bytes", value = |text| text.clone())]
fn a_text() -> String {
    String::new()
}

#[observed(histogram = "b_bytes", value = |time| *time)]
fn a_duration_of_bytes() -> Duration {
    Duration::ZERO
}

#[observed(histogram = "c_rows", value = name)]
fn a_name(name: &str) {
    let _ = name;
}

declare_metrics! {
    /// Sizes.
    histogram SIZES = "d_size_bytes";
    /// Calls.
    counter CALLS = "e_total";
}

#[observed(histogram = SIZES, value = |time| *time)]
fn a_duration_for_a_declared_histogram() -> Duration {
    Duration::ZERO
}

#[observed(histogram = CALLS, value = |rows| *rows)]
fn a_counter() -> u32 {
    1
}

fn main() {}
