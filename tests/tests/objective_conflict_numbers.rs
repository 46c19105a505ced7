//! Two objectives of one metric that ask for different shares.

use metrics_runtime::timed;

#[timed(histogram = "draw_seconds", objective(percent = 99, under = 1))]
fn one() {}

#[timed(histogram = "draw_seconds", objective(percent = 99, under = 1))]
fn same() {}

#[timed(histogram = "draw_seconds", objective(percent = 95, under = 0.5))]
fn other() {}

#[test]
fn init_names_both_places() {
    one();
    same();
    other();
    let refusal = metrics_runtime::builder().no_listener().init().expect_err("the objectives disagree").to_string();
    assert!(refusal.starts_with("the objective of the metric `draw_seconds` at "), "{refusal}");
    for part in ["99 percent under 1 s", "95 percent under 0.5 s", "numbers.rs:5 (", "numbers.rs:11 ("] {
        assert!(refusal.contains(part), "{part}: {refusal}");
    }
}
