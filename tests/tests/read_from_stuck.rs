//! A gauge whose function does not return.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use metrics_runtime::declare_metrics;
use system_tests::{Page, wait_until};

declare_metrics! {
    /// It comes first.
    gauge FIRST = "stuck_first";
    /// It waits for a lock.
    gauge WAITS = "stuck_waits";
    /// It comes last.
    gauge LAST = "stuck_last";
}

static LOCK: Mutex<f64> = Mutex::new(0.0);
static CALLED: AtomicUsize = AtomicUsize::new(0);
static RETURNED: AtomicUsize = AtomicUsize::new(0);

fn lock() -> MutexGuard<'static, f64> {
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

// One test: a program has one recorder, and all gauges are looked up together.
#[test]
fn a_page_does_not_wait_for_a_function_that_does_not_return() {
    let handle = metrics_runtime::builder().no_listener().init().expect("the settings are valid");
    FIRST.read_from(|| 1);
    WAITS.read_from(|| {
        CALLED.fetch_add(1, Ordering::Relaxed);
        let value = *lock();
        RETURNED.fetch_add(1, Ordering::Release);
        value
    });
    LAST.read_from(|| 3);
    let page = || Page::from(handle.render());
    let values = |page: &Page| {
        ["stuck_first", "stuck_waits", "stuck_last"].map(|name| page.value(name, &[]).expect("it is on the page"))
    };
    let failures = |page: &Page| page.value("metrics_reading_failures_total", &[("reason", "timeout")]);

    let mut held = lock();
    let first = page();
    // What stands behind the function is not known on this page.
    let [first_value, waits, last] = values(&first);
    assert!((first_value - 1.0).abs() < 1e-9 && waits.is_nan() && last.is_nan(), "{}", first.text());
    assert_eq!(failures(&first), Some(2.0));

    // The next pages leave the function out, and have everything else.
    for pages in 1..=10_u32 {
        let page = page();
        let [first_value, waits, last] = values(&page);
        assert!((first_value - 1.0).abs() < 1e-9 && waits.is_nan() && (last - 3.0).abs() < 1e-9, "{}", page.text());
        assert_eq!(failures(&page), Some(2.0 + f64::from(pages)));
    }
    assert_eq!(CALLED.load(Ordering::Relaxed), 1, "the function is called again before it has returned");

    // When it has returned, it is called again.
    *held = 2.0;
    drop(held);
    wait_until("the function returns", || (RETURNED.load(Ordering::Acquire) == 1).then_some(()));
    wait_until("the page has its value", || (values(&page())[1].to_bits() == 2.0_f64.to_bits()).then_some(()));
    let [first_value, _, last] = values(&page());
    assert!((first_value - 1.0).abs() < 1e-9 && (last - 3.0).abs() < 1e-9);
    assert_eq!(CALLED.load(Ordering::Relaxed), RETURNED.load(Ordering::Relaxed));
}
