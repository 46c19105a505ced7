//! An objective of failures that another function counts too, without counting its calls.

use metrics_runtime::{counted, counted_failure};

#[counted(counter = "draws_total")]
#[counted_failure(counter = "draw_failures_total", objective(percent = 99))]
fn with_a_total() {}

#[counted_failure(counter = "draw_failures_total")]
fn without_a_total() {}

#[test]
fn init_names_the_function_without_a_total() {
    with_a_total();
    without_a_total();
    let refusal = metrics_runtime::builder().no_listener().init().expect_err("the total is of one only").to_string();
    assert!(refusal.starts_with("the objective of the metric `draw_failures_total` at "), "{refusal}");
    for part in ["total.rs:5 (", "total.rs:9 (", "`draw_failures_total` without `draws_total`"] {
        assert!(refusal.contains(part), "{part}: {refusal}");
    }
}
