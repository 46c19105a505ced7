//! Which capture of a test, if any, the calling thread records into.

use std::cell::Cell;

thread_local! {
    /// The number of the capture.
    static CAPTURE: Cell<Option<usize>> = const { Cell::new(None) };
}

/// The number of the capture that the calling thread records into.
pub(crate) fn current() -> Option<usize> {
    CAPTURE.with(Cell::get)
}

/// From now on the calling thread records into the capture with this number, or into none; gives the one before.
pub(crate) fn replace(capture: Option<usize>) -> Option<usize> {
    CAPTURE.with(|current| current.replace(capture))
}
