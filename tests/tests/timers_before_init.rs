//! Timers and guards that begin before `init()` and end after it.

use metrics_runtime::declare_metrics;
use system_tests::Page;

declare_metrics! {
    /// How long it took.
    histogram EARLY = "early_seconds", buckets(3600);
    /// In flight.
    gauge ENTERED = "early_entered";
}

// One test: a program has one recorder.
#[test]
#[allow(clippy::float_cmp, reason = "counts are whole numbers")]
fn a_timer_is_recorded_whole_and_a_gauge_stays_at_zero() {
    let (timer, guard) = (EARLY.start(), ENTERED.enter());
    let handle = metrics_runtime::builder().no_listener().init().expect("the settings are valid");
    let late = ENTERED.enter();
    let level = || Page::from(handle.render()).value("early_entered", &[]);
    assert_eq!(level(), Some(1.0));
    drop((timer, guard));
    assert_eq!(level(), Some(1.0));
    drop(late);
    assert_eq!(level(), Some(0.0));
    assert_eq!(Page::from(handle.render()).value("early_seconds_count", &[]), Some(1.0));
}
