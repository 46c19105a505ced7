//! Code of the user's that runs inside a guard must not change what the program does.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs code of the user's; gives `None` if it panics.
#[inline]
pub(crate) fn catch_panic<T>(run: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(value) => Some(value),
        Err(payload) => {
            // Dropping a payload may run code that panics again.
            core::mem::forget(payload);
            None
        }
    }
}
