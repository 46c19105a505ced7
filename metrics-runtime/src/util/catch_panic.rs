//! The user's code runs inside a call's guard. A panic in it must not change what the program does.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs the user's code. Returns `None` if it panics.
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
