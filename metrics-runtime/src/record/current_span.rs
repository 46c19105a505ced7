//! The span in which the calling thread is, where a layer of `tracing` follows the spans.

use std::cell::Cell;

thread_local! {
    // It has no destructor, so reading it takes one load.
    /// The id of the span; zero while the thread is in no span whose trace is kept.
    static SPAN_ID: Cell<u64> = const { Cell::new(0) };
}

/// The id of the span; zero if there is none.
#[inline(always)]
pub(super) fn get() -> u64 {
    SPAN_ID.get()
}

/// From now on, the thread is in the span with this id.
#[cfg(feature = "opentelemetry")]
pub(super) fn set(span_id: u64) {
    SPAN_ID.set(span_id);
}
