//! Finds the outcome of a returned value, and the reason of a failure's source, by their types.
//!
//! The implementations are chosen as in `error_ladder.rs`: first whether the value is a `Result` (or the source an `Option`), then
//! what its error is.

use std::convert::Infallible;

use super::chain::nested;
use super::ends_call::EndsCall;
use super::error_ladder::{ByReturn, BySource, Held};
use super::failure::{Failure, FailureReason, Reason};
use super::outcome::Outcome;
use crate::util::catch_panic;

/// A value that an annotated function returned.
#[derive(Debug)]
pub struct Returned<'a, T: ?Sized>(pub &'a T);

/// How a returned value ends a call.
#[derive(Debug)]
pub enum End<'a, E> {
    /// It is an `Ok`.
    Ok,
    /// It is no `Result`, and says that the call failed with this reason.
    Failed(Reason),
    /// Its type says nothing of how the call ended: `ok`, unless the function says otherwise.
    Unsaid,
    /// It is an `Err` with this error. An `Err(None)` has none.
    Err(Option<Held<'a, E, ByReturn>>),
}

/// The outcome of a call. `reason` is called for an error.
#[inline]
pub fn outcome<'a, E>(end: End<'a, E>, reason: impl FnOnce(Held<'a, E, ByReturn>) -> Reason) -> Outcome {
    match end {
        End::Ok | End::Unsaid => Outcome::Ok,
        End::Failed(reason) => reason.into(),
        End::Err(error) => or_error(|| error.map_or(Reason::Error, reason)).into(),
    }
}

/// The outcome of a call whose function says which values are `ok`. Where the type says so itself, only its failures are asked.
/// If `is_ok` panics, the call is not `ok`.
#[inline]
pub fn outcome_ok_if<'a, T: ?Sized, E>(
    end: End<'a, E>,
    reason: impl FnOnce(Held<'a, E, ByReturn>) -> Reason,
    value: &T,
    is_ok: impl FnOnce(&T) -> bool,
) -> Outcome {
    let by_type = if matches!(end, End::Unsaid) { Outcome::Error } else { outcome(end, reason) };
    if by_type.is_failure() && catch_panic(|| is_ok(value)).unwrap_or(false) { Outcome::Ok } else { by_type }
}

/// The outcome of a call whose function says which values are errors. Only values that would be `ok` are asked. If `is_error`
/// panics, the call is an `error`.
#[inline]
pub fn outcome_error_if<T: ?Sized>(outcome: Outcome, value: &T, is_error: impl FnOnce(&T) -> bool) -> Outcome {
    if outcome == Outcome::Ok && catch_panic(|| is_error(value)).unwrap_or(true) { Outcome::Error } else { outcome }
}

/// The reason that an error gives. If its code panics, the reason is `error`: classification must not change what the
/// program does.
#[cold]
fn or_error(reason: impl FnOnce() -> Reason) -> Reason {
    catch_panic(reason).unwrap_or(Reason::Error)
}

/// How a returned value ends a call, found by its type.
pub trait EndByType {
    /// The type of its error.
    type Error;

    /// How the call ended.
    fn __metrics_end(&self) -> End<'_, Self::Error>;
}

/// A value that says itself how the call ended.
impl<T: EndsCall + ?Sized> EndByType for &&&Returned<'_, T> {
    type Error = Infallible;

    #[inline]
    fn __metrics_end(&self) -> End<'_, Infallible> {
        catch_panic(|| self.0.failure()).unwrap_or(Some(Reason::Error)).map_or(End::Ok, End::Failed)
    }
}

/// A `Result` whose error is an `Option`.
impl<T, E> EndByType for &&Returned<'_, Result<T, Option<E>>> {
    type Error = E;

    #[inline]
    fn __metrics_end(&self) -> End<'_, E> {
        match self.0 {
            Ok(_) => End::Ok,
            Err(error) => End::Err(error.as_ref().map(Held::new)),
        }
    }
}

/// Any other `Result`.
impl<T, E> EndByType for &Returned<'_, Result<T, E>> {
    type Error = E;

    #[inline]
    fn __metrics_end(&self) -> End<'_, E> {
        match self.0 {
            Ok(_) => End::Ok,
            Err(error) => End::Err(Some(Held::new(error))),
        }
    }
}

/// A value that is not a `Result`, and does not say how the call ended.
impl<T: ?Sized> EndByType for Returned<'_, T> {
    type Error = Infallible;

    #[inline]
    fn __metrics_end(&self) -> End<'_, Infallible> {
        End::Unsaid
    }
}

/// The return type of a function whose failures are counted by the user's own set of reasons.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result`: it has no error that could give a reason",
    label = "the function does not return a `Result`",
    note = "leave out `reason`: then calls are counted by how they ended, `error`, `timeout`, `cancelled` or `panic`"
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

/// The source of a failure that is marked `#[failure(source)]`.
#[derive(Debug)]
pub struct Source<'a, E: ?Sized>(pub &'a E);

/// The reason of a source. Without one, the failure is an `error`.
pub fn reason_of_source<'a, E: ?Sized>(
    source: Option<Held<'a, E, BySource>>,
    reason: impl FnOnce(Held<'a, E, BySource>) -> Reason,
) -> Reason {
    source.map_or(Reason::Error, |source| nested(|| reason(source)))
}

/// The reason of a source whose type depends on type parameters, so that it must be a [`Failure`].
pub fn reason_of_failure(source: &(impl Failure + ?Sized)) -> Reason {
    nested(|| source.reason())
}

/// A source that is an `Option`.
pub trait SourceOfOptional {
    /// The type in the `Option`.
    type Source;

    /// The source, if there is one.
    fn __metrics_source(&self) -> Option<Held<'_, Self::Source, BySource>>;
}

impl<E> SourceOfOptional for &Source<'_, Option<E>> {
    type Source = E;

    fn __metrics_source(&self) -> Option<Held<'_, E, BySource>> {
        self.0.as_ref().map(Held::new)
    }
}

/// Any other source.
pub trait SourceOfValue {
    /// Its type.
    type Source: ?Sized;

    /// The source.
    fn __metrics_source(&self) -> Option<Held<'_, Self::Source, BySource>>;
}

impl<E: ?Sized> SourceOfValue for Source<'_, E> {
    type Source = E;

    fn __metrics_source(&self) -> Option<Held<'_, E, BySource>> {
        Some(Held::new(self.0))
    }
}
