//! The ends of a call.

/// How a call must end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With a value.
    Ok,
    /// With an error that is no timeout.
    Error,
    /// With a timeout.
    Timeout,
    /// With a panic.
    Panic,
    /// Not before it is dropped.
    Wait,
}
