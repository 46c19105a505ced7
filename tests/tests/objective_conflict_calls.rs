//! An objective whose total counts other calls at another function.

use metrics_runtime::{counted, counted_failure};

#[counted(counter = "draws_total")]
#[counted_failure(counter = "draw_failures_total", objective(percent = 99))]
fn all() {}

#[counted(counter = "draws_total", on = ok)]
#[counted_failure(counter = "draw_failures_total")]
fn only_good_ones() {}

#[test]
fn init_names_the_function_that_counts_other_calls() {
    all();
    only_good_ones();
    let refusal = metrics_runtime::builder().no_listener().init().expect_err("the total is not all").to_string();
    assert!(refusal.starts_with("the objective of the metric `draw_failures_total` at "), "{refusal}");
    for part in ["calls.rs:5 (", "calls.rs:9 (", "counts other calls in `draws_total`"] {
        assert!(refusal.contains(part), "{part}: {refusal}");
    }
}
