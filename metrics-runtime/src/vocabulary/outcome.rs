//! How a call ended.

use core::fmt;

/// How a call ended. Every call that starts ends in exactly one of these ways.
///
/// ```
/// use metrics_runtime::Outcome;
///
/// assert_eq!(Outcome::Timeout.to_string(), "timeout");
/// assert!(Outcome::Cancelled.is_failure());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Outcome {
    /// It returned a value that is not an `Err`, or an `Err` that is [expected](crate::Reason::Expected).
    Ok,
    /// It returned an `Err` that is not a timeout.
    Error,
    /// It returned an `Err` that is a timeout, or has one in its chain of sources.
    Timeout,
    /// Its future was dropped before it was done.
    Cancelled,
    /// It panicked.
    Panic,
}

impl Outcome {
    /// All outcomes, in the order of their label index.
    pub const ALL: [Self; 5] = [Self::Ok, Self::Error, Self::Timeout, Self::Cancelled, Self::Panic];

    /// The label value: `ok`, `error`, `timeout`, `cancelled` or `panic`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Panic => "panic",
        }
    }

    /// Whether it is any outcome other than [`Ok`](Self::Ok).
    #[must_use]
    pub const fn is_failure(self) -> bool {
        !matches!(self, Self::Ok)
    }
}

/// Every outcome except [`Outcome::Ok`]. It is the type of the label `reason` of a declared counter that is used by
/// [`#[counted_failure]`](macro@crate::counted_failure).
///
/// ```
/// use metrics_runtime::{FailedOutcome, counted_failure};
///
/// metrics_runtime::declare_metrics! {
///     /// Jobs that have failed.
///     counter JOB_FAILURES = "job_failures_total", labels(reason: FailedOutcome);
/// }
///
/// #[counted_failure(counter = JOB_FAILURES)]
/// fn run_job() -> Result<(), String> {
///     Err("no such job".to_owned())
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FailedOutcome {
    /// [`Outcome::Error`].
    Error,
    /// [`Outcome::Timeout`].
    Timeout,
    /// [`Outcome::Cancelled`].
    Cancelled,
    /// [`Outcome::Panic`].
    Panic,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
