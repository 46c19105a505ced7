//! Finds the outcome of a returned value by its type.
//!
//! Generated code writes `(&&&Returned(&value)).outcome()`. Method lookup tries the type as it stands before it takes
//! references away, so the trait that is implemented for the most references wins among those whose bounds hold. That
//! is specialization by type on stable Rust; it works where the type is concrete, and takes the last resort where it is
//! generic and has no bounds.

use std::error::Error;

use super::failure::{Failure, FailureReason, Reason, reason_of_chain};
use super::outcome::Outcome;
use crate::util::catch_panic;

/// A value that an annotated function returned.
#[derive(Debug)]
pub struct Returned<'a, T: ?Sized>(pub &'a T);

/// What an error says of itself, and `error` where it panics instead: looking at it must not change what the program
/// does.
#[cold]
fn or_error(reason: impl FnOnce() -> Reason) -> Reason {
    catch_panic(reason).unwrap_or(Reason::Error)
}

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
            Err(error) => or_error(|| error.reason()).into(),
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
            Err(error) => or_error(|| error.source().map_or(Reason::Error, reason_of_chain)).into(),
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

/// What a function with reasons of the user's own returns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no `Result`: there is no error that could say its reason",
    label = "the function returns no `Result`",
    note = "leave `reason` out: calls that are cancelled or panic are counted without it"
)]
pub trait Fallible {
    /// The error.
    type Error;

    /// The error, where there is one.
    fn error(&self) -> Option<&Self::Error>;
}

#[diagnostic::do_not_recommend]
impl<T, E> Fallible for Result<T, E> {
    type Error = E;

    #[inline]
    fn error(&self) -> Option<&E> {
        self.as_ref().err()
    }
}

/// The reason of a returned error.
#[inline]
pub fn reason_of<R, F: Fallible>(returned: &F) -> Option<R>
where
    F::Error: FailureReason<R>,
{
    returned.error().map(FailureReason::failure_reason)
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
