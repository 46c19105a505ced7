//! The span in which the calling thread is, where a layer of `tracing` follows the spans.

use std::cell::Cell;

thread_local! {
    // It has no destructor, so reading it takes one load.
    /// The word of the span's key; zero while the thread is in no span whose trace is kept.
    static KEY: Cell<u64> = const { Cell::new(0) };
}

/// The word of the span's key; zero if there is none.
#[inline(always)]
pub(super) fn get() -> u64 {
    KEY.get()
}

/// From now on, the thread is in the span with this key.
#[cfg(feature = "opentelemetry")]
pub(super) fn set(key: u64) {
    KEY.set(key);
}
