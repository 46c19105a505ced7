//! A call allocates nothing, except the first call of its thread, and neither does another crate's, except the first of a series.

#[path = "allocations/calls.rs"]
mod calls;

use std::sync::LazyLock;

use calls::{allocations, assert_that_calls_allocate_nothing};
use metrics_runtime::Handle;

static HANDLE: LazyLock<Handle> =
    LazyLock::new(|| metrics_runtime::builder().no_listener().init().expect("the settings are valid"));

#[test]
fn a_call_allocates_nothing_after_the_first_of_its_thread() {
    let handle = &*HANDLE;
    for _ in 0..2 {
        std::thread::spawn(assert_that_calls_allocate_nothing).join().expect("the thread does not panic");
    }
    assert!(handle.render().contains("allocations_total{even=\"true\"} 4004\n"), "{}", handle.render());
}

/// The calls of another crate, some of them for a series of the program.
fn of_another_crate() {
    metrics::counter!("other_total").increment(1);
    metrics::counter!("other.spelling", "method" => "GET", "code" => "200").increment(1);
    metrics::counter!("allocations_failures_total", "reason" => "error").increment(0);
    metrics::gauge!("other_load", "zone" => "a").set(0.5);
    let _ = metrics::histogram!("other_seconds", "method" => "GET");
}

#[test]
fn a_call_of_another_crate_allocates_nothing_after_the_first_of_its_series() {
    let handle = &*HANDLE;
    of_another_crate();
    let before = allocations();
    for _ in 0..1_000 {
        of_another_crate();
    }
    assert_eq!(allocations(), before, "calls have allocated");
    let page = handle.render();
    assert!(page.contains("other_spelling{method=\"GET\",code=\"200\"} 1001\n"), "{page}");
}
