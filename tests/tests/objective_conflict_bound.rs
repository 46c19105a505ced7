//! An objective of the default buckets, at a metric that another function gives other buckets.

use metrics_runtime::timed;

#[timed(histogram = "draw_seconds", objective(percent = 99, under = 5))]
fn without_buckets() {}

#[timed(histogram = "draw_seconds", buckets(1, 10))]
fn with_buckets() {}

#[test]
fn init_names_the_bound_and_the_buckets() {
    without_buckets();
    with_buckets();
    let refusal = metrics_runtime::builder().no_listener().init().expect_err("the bound is lost").to_string();
    assert!(refusal.starts_with("the objective of the metric `draw_seconds` at "), "{refusal}");
    for part in ["bound.rs:5 (", "under 5 s", "[1.0, 10.0]", "write the buckets here too"] {
        assert!(refusal.contains(part), "{part}: {refusal}");
    }
}
