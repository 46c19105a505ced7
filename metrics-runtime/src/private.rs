//! The only door for generated code. Nothing here is part of the public interface.

pub use linkme;

pub use crate::call::{Call, Measured};
pub use crate::catalog::DEFINITIONS;
pub use crate::classify::{
    Fallible, OutcomeOfError, OutcomeOfFailure, OutcomeOfResult, OutcomeOfValue, ReasonOfError, ReasonOfFailure,
    ReasonOfValue, Returned, Source, reason_of,
};
pub use crate::family::{Family, Kind, LabelSpec, labels, series};
pub use crate::probe::{Probe, ProbeFuture, ProbeValue, has_run};
pub use crate::site::{Definition, Event, Function, Place, Site};
pub use crate::slot::Slot;

/// A value of the type that an annotated function returns, for a branch that is never taken: with it the compiler
/// knows what the body returns before it reads it, as it does in a plain function.
#[doc(hidden)]
#[must_use]
pub fn never_called<T>() -> T {
    unreachable!("stands in a branch that is never taken")
}
