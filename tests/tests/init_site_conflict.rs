//! Sites of the same metric that disagree about it.

use metrics_runtime::{counted, timed};

#[timed(histogram = "conflict_seconds", buckets(1, 2))]
fn one() {}

#[timed(histogram = "conflict_seconds", buckets(1, 3))]
fn other() {}

#[counted(counter = "agreed_total")]
fn first() {}

#[counted(counter = "agreed_total")]
fn second() {}

#[test]
fn init_names_both_places() {
    one();
    other();
    first();
    second();
    let refusal = metrics_runtime::builder().no_listener().init().expect_err("the buckets disagree").to_string();
    assert!(refusal.starts_with("the sites of the metric `conflict_seconds` disagree on its buckets: "), "{refusal}");
    for part in ["[1.0, 2.0] at ", "[1.0, 3.0] at ", "init_site_conflict.rs:5", "init_site_conflict.rs:8"] {
        assert!(refusal.contains(part), "{part}: {refusal}");
    }
    assert_eq!(metrics_runtime::catalog().metrics().filter(|metric| metric.name() == "agreed_total").count(), 1);
}
