use metrics_runtime::{counted, timed};

#[counted(counter = "_total")]
fn nothing_but_an_ending() {}

#[timed(histogram = "x_second")]
fn one_second() {}

#[timed(histogram = "l_size_bytes")]
fn no_time() {}

metrics_runtime::declare_metrics! {
    /// Sizes.
    histogram SIZES = "l_size_kb";
}

fn main() {}
