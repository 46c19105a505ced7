//! The terms of users' code: kinds of metrics, outcomes of calls, labels, failures.

mod kind;
mod outcome;
mod label;
mod failure;
mod classification;
mod future_probe;

pub use classification::{
    Fallible, OutcomeOfError, OutcomeOfFailure, OutcomeOfResult, OutcomeOfValue, ReasonOfError, ReasonOfFailure,
    ReasonOfValue, Returned, Source, reason_of,
};
pub use failure::{Failure, FailureReason, Reason};
pub use future_probe::{Probe, ProbeFuture, ProbeValue, has_run};
pub use kind::{DEFAULT_BUCKETS, Kind};
pub use label::{Capped, Label};
pub use outcome::{FailedOutcome, Outcome};
