//! Counters of fractions in a program that has its own recorder, whose counters take whole numbers: it gets the whole units.

use std::thread;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use metrics_runtime::{declare_metrics, testing};
use system_tests::Page;

declare_metrics! {
    /// The time that went into work.
    counter CPU = "attached_cpu_seconds_total", labels(even: bool);
    /// The energy that was used.
    counter ENERGY = "attached_energy_joules_total", fractional;
}

const CPU_NAME: &str = "attached_cpu_seconds_total";

fn recorder() -> (PrometheusRecorder, PrometheusHandle) {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    (recorder, handle)
}

fn cpu(handle: &PrometheusHandle) -> Option<f64> {
    Page::from(handle.render()).value(CPU_NAME, &[("even", "true")])
}

/// Adds tenths of a second.
fn add(tenths: u32) {
    (0..tenths).for_each(|_| CPU.with(true).increment(0.1));
}

// One test: a program has one recorder.
#[test]
#[allow(clippy::float_cmp, reason = "whole numbers")]
fn the_users_recorder_has_the_whole_units_of_the_total() {
    let (global, handle) = recorder();
    metrics::set_global_recorder(global).expect("there is none yet");

    // Each value asks the facade's recorder. Each recorder has its own rest.
    add(9);
    assert_eq!(cpu(&handle), Some(0.0));
    let ((one, one_handle), (other, other_handle)) = (recorder(), recorder());
    for _ in 0..25 {
        metrics::with_local_recorder(&one, || add(1));
        metrics::with_local_recorder(&other, || add(3));
    }
    assert_eq!((cpu(&one_handle), cpu(&other_handle)), (Some(2.0), Some(7.0)));
    assert_eq!(cpu(&handle), Some(0.0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| add(50));
        }
    });
    // 20.9 seconds.
    assert_eq!(cpu(&handle), Some(20.0));

    // Now the recorder's handles are kept, and so is the rest.
    metrics_runtime::attach().expect("there is a recorder");
    add(1);
    assert_eq!(cpu(&handle), Some(21.0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| add(50));
        }
    });
    assert_eq!(cpu(&handle), Some(41.0));
    add(9);
    assert_eq!(cpu(&handle), Some(41.0));

    // What a test captures is not there, and is exact.
    let seen = testing::capture(|| add(9));
    assert_eq!(seen.fractions(CPU_NAME, &[("even", "true")]), 0.9);
    assert_eq!(cpu(&handle), Some(41.0));
    add(1);
    assert_eq!(cpu(&handle), Some(42.0));

    ENERGY.increment(0.999_999);
    assert_eq!(Page::from(handle.render()).value("attached_energy_joules_total", &[]), Some(0.0));
    ENERGY.increment(0.000_001);
    ENERGY.increment(1e12);
    assert_eq!(Page::from(handle.render()).value("attached_energy_joules_total", &[]), Some(1_000_000_000_001.0));
}
