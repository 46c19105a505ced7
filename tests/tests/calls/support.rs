//! The recorder of this program, and the values on its page.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::OnceLock;
use std::task::{Context, Waker};

use metrics_runtime::Handle;

pub use system_tests::End;

/// The recorder, installed by the first test that asks.
pub fn metrics() -> &'static Handle {
    static METRICS: OnceLock<Handle> = OnceLock::new();
    METRICS.get_or_init(|| {
        metrics_runtime::builder().enabled(true).no_listener().init().expect("nothing else installs a recorder")
    })
}

/// The value of a series, written as the page writes it: `name{label="value"}`.
pub fn value(series: &str) -> Option<f64> {
    let page = metrics().render();
    page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

/// The value of a series that must be on the page.
#[track_caller]
pub fn sure(series: &str) -> f64 {
    value(series).unwrap_or_else(|| panic!("`{series}` is not on the page:\n{}", metrics().render()))
}

/// Runs a function that panics.
pub fn panics<T>(function: impl FnOnce() -> T) {
    assert!(catch_unwind(AssertUnwindSafe(function)).is_err(), "the function must panic");
}

/// Polls a future once, and drops it while it waits.
pub fn cancel<F: Future>(future: F) {
    let mut future = pin!(future);
    let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending(), "the future must wait");
}

/// Runs a future to its end.
pub fn finish<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime can be made")
        .block_on(future)
}
