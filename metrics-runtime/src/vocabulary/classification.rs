//! Finds the outcome of a returned value by its type.
//!
//! Generated code writes `(&&&Returned(&value)).outcome()`. Method lookup tries the full type first and then removes
//! references one by one. So, of the traits whose bounds hold, the one that is implemented for the most references wins.
//! This is specialization by type on stable Rust. It works for concrete types; a generic type without bounds gets the
//! trait without references, the last one below.

use std::error::Error;

use super::failure::{Failure, FailureReason, Reason, reason_of_chain};
use super::outcome::Outcome;
use crate::util::catch_panic;

/// A value that an annotated function returned.
#[derive(Debug)]
pub struct Returned<'a, T: ?Sized>(pub &'a T);

/// The reason that an error gives. If its code panics, the reason is `error`: classification must not change what the
/// program does.
#[cold]
fn or_error(reason: impl FnOnce() -> Reason) -> Reason {
    catch_panic(reason).unwrap_or(Reason::Error)
}

/// A `Result` whose error implements [`Failure`].
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

/// A `Result` whose error is a [`std::error::Error`]: its chain of sources is searched.
pub trait OutcomeOfError {
    /// The outcome of the call that returned it.
    fn outcome(&self) -> Outcome;
}

impl<T, E: Error> OutcomeOfError for &&Returned<'_, Result<T, E>> {
    #[inline]
    fn outcome(&self) -> Outcome {
        match self.0 {
            Ok(_) => Outcome::Ok,
            // The error itself may borrow, so it cannot be downcast. Its sources are `'static`, so they can.
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

/// A value that is not a `Result`.
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

/// The return type of a function whose failures are counted by the user's own set of reasons.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result`: it has no error that could give a reason",
    label = "the function does not return a `Result`",
    note = "leave out `reason`: calls that are cancelled or panic are counted without it"
)]
pub trait Fallible {
    /// The type of the error.
    type Error;

    /// The error, or `None` if the call returned `Ok`.
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

/// The reason of a returned error, or `None` if the call returned `Ok`.
#[inline]
pub fn reason_of<R, F: Fallible>(returned: &F) -> Option<R>
where
    F::Error: FailureReason<R>,
{
    returned.error().map(FailureReason::failure_reason)
}

/// The error inside a variant that is marked `#[failure(source)]`. It is classified in the same way as [`Returned`].
#[derive(Debug)]
pub struct Source<'a, E: ?Sized>(pub &'a E);

/// A source that implements [`Failure`].
pub trait ReasonOfFailure {
    /// The reason that it is counted by.
    fn reason(&self) -> Reason;
}

impl<E: Failure + ?Sized> ReasonOfFailure for &&Source<'_, E> {
    fn reason(&self) -> Reason {
        self.0.reason()
    }
}

/// A source that is a [`std::error::Error`]: its own chain of sources is searched.
pub trait ReasonOfError {
    /// The reason that it is counted by.
    fn reason(&self) -> Reason;
}

impl<E: Error + ?Sized> ReasonOfError for &Source<'_, E> {
    fn reason(&self) -> Reason {
        self.0.source().map_or(Reason::Error, reason_of_chain)
    }
}

/// Any other source.
pub trait ReasonOfValue {
    /// The reason that it is counted by: `error`.
    fn reason(&self) -> Reason;
}

impl<E: ?Sized> ReasonOfValue for Source<'_, E> {
    fn reason(&self) -> Reason {
        Reason::Error
    }
}
