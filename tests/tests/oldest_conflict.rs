//! An age that two attributes read from different calls.

use metrics_runtime::in_flight;

#[in_flight(gauge = "one_active", oldest = "conflict_oldest_seconds")]
fn one() {}

#[in_flight(gauge = "other_active", oldest = "conflict_oldest_seconds")]
fn other() {}

#[test]
fn init_names_both_gauges() {
    one();
    other();
    let refusal = metrics_runtime::builder().no_listener().init().expect_err("the gauges differ").to_string();
    for part in [
        "the sites of the metric `conflict_oldest_seconds` disagree on its values: ",
        "the ages of the calls in `one_active` at ",
        "the ages of the calls in `other_active` at ",
        "oldest_conflict.rs:8",
    ] {
        assert!(refusal.contains(part), "{part}: {refusal}");
    }
}
