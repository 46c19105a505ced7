//! What a call does, and so what a drop of its guard means.

/// The state of a call. It shows what a drop of the guard means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The end is recorded, or metrics are off: a drop does nothing.
    Done,
    /// Its code is running: a drop now is an unwinding panic.
    Running,
    /// Its code is running, and whatever it returns is `ok`: a drop now is an unwinding panic, or a `return`.
    Infallible,
    /// It waits for its next poll: a drop now is a cancellation.
    Waiting,
    /// It is a stream whose last item was an error: a drop now is its end, because most readers do not ask for more after one.
    #[cfg(feature = "stream")]
    ItemError,
    /// The same, where the error was a timeout.
    #[cfg(feature = "stream")]
    ItemTimeout,
    /// Its code is part of a larger function, which may wait in it: a drop now is an unwinding panic, or a cancellation.
    InPlace,
    /// None of its sites needs its outcome: a drop is its end.
    Unobserved,
}
