//! The capture of a test that the calling thread records into, if any.

use std::cell::Cell;

thread_local! {
    /// The number of the calling thread's capture.
    static CAPTURE: Cell<Option<usize>> = const { Cell::new(None) };
}

/// The number of the capture that the calling thread records into.
pub(crate) fn current() -> Option<usize> {
    CAPTURE.with(Cell::get)
}

/// Sets the capture that the calling thread records into, by its number; `None` for no capture. Returns the previous one.
pub(crate) fn replace(capture: Option<usize>) -> Option<usize> {
    CAPTURE.with(|current| current.replace(capture))
}
