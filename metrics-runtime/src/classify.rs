//! Finds the outcome of a returned value by its type.
//!
//! Generated code writes `(&&&Returned(&value)).outcome()`. Method lookup tries the type as it stands before it takes
//! references away, so the trait that is implemented for the most references wins among those whose bounds hold. That
//! is specialization by type on stable Rust; it works where the type is concrete, and takes the last resort where it is
//! generic and has no bounds.

use std::error::Error;

use crate::failure::reason_of_chain;
use crate::{Failure, FailureReason, Label, Outcome, Reason};

/// A value that an annotated function returned.
#[derive(Debug)]
pub struct Returned<'a, T: ?Sized>(pub &'a T);

/// A `Result` whose error says what it is.
pub trait OutcomeOfFailure {
    /// The outcome of the call that returned it.
    fn outcome(&self) -> Outcome;
}

impl<T, E: Failure> OutcomeOfFailure for &&&Returned<'_, Result<T, E>> {
    #[inline]
    fn outcome(&self) -> Outcome {
        match self.0 {
            Ok(_) => Outcome::Ok,
            Err(error) => error.reason().into(),
        }
    }
}

/// A `Result` whose error can be asked for its sources.
pub trait OutcomeOfError {
    /// The outcome of the call that returned it.
    fn outcome(&self) -> Outcome;
}

impl<T, E: Error> OutcomeOfError for &&Returned<'_, Result<T, E>> {
    #[inline]
    fn outcome(&self) -> Outcome {
        match self.0 {
            Ok(_) => Outcome::Ok,
            // The error itself may borrow, so that it cannot be looked up by its type; its sources cannot.
            Err(error) => error.source().map_or(Reason::Error, reason_of_chain).into(),
        }
    }
}

/// Any other `Result`.
pub trait OutcomeOfResult {
    /// The outcome of the call that returned it.
    fn outcome(&self) -> Outcome;
}

impl<T, E> OutcomeOfResult for &Returned<'_, Result<T, E>> {
    #[inline]
    fn outcome(&self) -> Outcome {
        if self.0.is_ok() { Outcome::Ok } else { Outcome::Error }
    }
}

/// A value that is no `Result`.
pub trait OutcomeOfValue {
    /// The outcome of the call that returned it: `ok`.
    fn outcome(&self) -> Outcome;
}

impl<T: ?Sized> OutcomeOfValue for Returned<'_, T> {
    #[inline]
    fn outcome(&self) -> Outcome {
        Outcome::Ok
    }
}

/// The index of a returned error in a set of reasons; of a returned `Ok`, which no failure counts, any.
#[inline]
pub fn reason_index<R: Label, T, E: FailureReason<R>>(result: &Result<T, E>) -> usize {
    match result {
        Ok(_) => 0,
        Err(error) => error.failure_reason().index(),
    }
}

/// The error in a variant that is marked `#[failure(source)]`.
#[derive(Debug)]
pub struct Source<'a, E: ?Sized>(pub &'a E);

/// A source that says what it is.
pub trait ReasonOfFailure {
    /// What it is counted as.
    fn reason(&self) -> Reason;
}

impl<E: Failure + ?Sized> ReasonOfFailure for &&Source<'_, E> {
    fn reason(&self) -> Reason {
        self.0.reason()
    }
}

/// A source that can be asked for its own sources.
pub trait ReasonOfError {
    /// What it is counted as.
    fn reason(&self) -> Reason;
}

impl<E: Error + ?Sized> ReasonOfError for &Source<'_, E> {
    fn reason(&self) -> Reason {
        self.0.source().map_or(Reason::Error, reason_of_chain)
    }
}

/// Any other source.
pub trait ReasonOfValue {
    /// What it is counted as: an error.
    fn reason(&self) -> Reason;
}

impl<E: ?Sized> ReasonOfValue for Source<'_, E> {
    fn reason(&self) -> Reason {
        Reason::Error
    }
}
