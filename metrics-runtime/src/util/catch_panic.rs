//! Runs code that may panic. A panic there must not change what the measured program does.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs code of the user or of a recorder. Returns `None` if it panics.
#[inline]
pub(crate) fn catch_panic<T>(run: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(value) => Some(value),
        Err(payload) => {
            // The payload is not dropped: its destructor could panic too.
            core::mem::forget(payload);
            None
        }
    }
}
