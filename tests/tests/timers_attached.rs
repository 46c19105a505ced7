//! Timers and guards in a program that has its own recorder.

use metrics_exporter_prometheus::PrometheusBuilder;
use metrics_runtime::declare_metrics;
use system_tests::Page;

declare_metrics! {
    /// How long it took.
    histogram TIMED = "attached_seconds", labels(even: bool);
    /// In flight.
    gauge ENTERED = "attached_entered";
}

// One test: a program has one recorder.
#[test]
#[allow(clippy::float_cmp, reason = "counts are whole numbers")]
fn the_users_recorder_has_them_before_and_after_it_is_attached() {
    let before_the_recorder = (TIMED.with(true).start(), ENTERED.enter());
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).expect("there is none yet");
    let value = |name: &str, labels: &[(&str, &str)]| Page::from(handle.render()).value(name, labels);
    let count = || value("attached_seconds_count", &[("even", "true")]);

    let before_attach = (TIMED.with(true).start(), ENTERED.enter());
    assert_eq!(value("attached_entered", &[]), Some(1.0));
    metrics_runtime::attach().expect("there is a recorder");
    let after_attach = (TIMED.with(true).start(), ENTERED.enter());
    assert_eq!(value("attached_entered", &[]), Some(2.0));
    drop(before_the_recorder);
    assert_eq!((value("attached_entered", &[]), count()), (Some(2.0), Some(1.0)));
    drop(before_attach);
    assert_eq!((value("attached_entered", &[]), count()), (Some(1.0), Some(2.0)));
    drop(after_attach);
    assert_eq!((value("attached_entered", &[]), count()), (Some(0.0), Some(3.0)));
}
