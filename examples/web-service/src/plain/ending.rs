//! How calls end.

use std::thread;

/// The outcome of a call that is dropped before it has one.
pub(crate) fn unfinished() -> &'static str {
    if thread::panicking() { "panic" } else { "cancelled" }
}
