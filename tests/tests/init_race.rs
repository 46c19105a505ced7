//! Calls that start, run and end while `init` runs.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use metrics_runtime::{counted, in_flight, timed};
use system_tests::Page;

const THREADS: usize = 8;

/// Works.
#[timed(histogram = "race_seconds")]
#[counted(counter = "race_started_total")]
#[counted(counter = "race_ended_total", on = end)]
#[in_flight(gauge = "race_active")]
fn work() {
    std::hint::black_box(());
}

#[test]
fn each_call_is_recorded_completely_or_not_at_all() {
    let (begin, stop, calls) = (Barrier::new(THREADS + 1), AtomicBool::new(false), AtomicU64::new(0));
    let handle = thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                // All threads use each slot for the first time at once.
                begin.wait();
                while !stop.load(Ordering::Relaxed) {
                    work();
                    calls.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        begin.wait();
        let handle = metrics_runtime::builder().no_listener().init().expect("the settings are valid");
        // The threads go on for more calls.
        let so_far = calls.load(Ordering::Relaxed);
        while calls.load(Ordering::Relaxed) < so_far + 10_000 {
            thread::yield_now();
        }
        stop.store(true, Ordering::Relaxed);
        handle
    });
    let page = Page::from(handle.render());
    let started = page.value("race_started_total", &[]).expect("it is recorded");
    assert!(started > 0.0);
    for series in ["race_ended_total", "race_seconds_count"] {
        assert_eq!(page.value(series, &[]), Some(started), "{series} of {started}:\n{}", page.text());
    }
    assert_eq!(page.value("race_active", &[]), Some(0.0), "{}", page.text());
    // Nothing is missing of later calls.
    (0..1_000).for_each(|_| work());
    assert_eq!(Page::from(handle.render()).value("race_ended_total", &[]), Some(started + 1_000.0));
}
