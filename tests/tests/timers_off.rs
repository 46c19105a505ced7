//! Timers and guards where metrics are off.

use std::time::Duration;

use metrics_runtime::declare_metrics;

declare_metrics! {
    /// How long it took.
    histogram OFF = "off_seconds";
    /// In flight.
    gauge ENTERED = "off_entered";
}

// One test: a program has one recorder.
#[test]
fn nothing_is_read_or_recorded() {
    metrics_runtime::builder().enabled(false).init().expect("the settings are valid");
    let timer = OFF.start();
    std::thread::sleep(Duration::from_millis(1));
    assert_eq!(timer.stop(), Duration::ZERO);
    assert_eq!(OFF.time(|| 12), 12);
    drop(ENTERED.enter());
    OFF.start().discard();
}
