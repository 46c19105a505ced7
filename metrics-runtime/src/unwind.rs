//! What the user's expressions do inside a guard must not change what the program does.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs an expression of the user's; `None` where it panics.
#[inline]
pub(crate) fn unless_it_panics<T>(run: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(value) => Some(value),
        Err(payload) => {
            // Dropping a payload may run code that panics again.
            core::mem::forget(payload);
            None
        }
    }
}
