//! The reason of a failure, as an error gives it.

use std::rc::Rc;
use std::sync::Arc;

use super::outcome::Outcome;

/// The reason that a returned error is counted by, or that it is not counted as a failure.
///
/// The text of an error is never a label: the number of texts has no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Any failure that is not a timeout.
    Error,
    /// An operation took too long.
    Timeout,
    /// It is a usual answer, as "not found" may be: the call ends `ok`.
    Expected,
}

impl From<Reason> for Outcome {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Error => Self::Error,
            Reason::Timeout => Self::Timeout,
            Reason::Expected => Self::Ok,
        }
    }
}

/// An error that says whether it is a timeout, or no failure at all.
///
/// Derive it: each variant must then be classified, so a new variant cannot be forgotten.
///
/// ```
/// use metrics_runtime::{Failure, Reason};
///
/// #[derive(Debug, thiserror::Error, Failure)]
/// enum FetchError {
///     #[error("no answer within 30 s")]
///     #[failure(timeout)]
///     NoAnswer,
///     #[error("the answer is not valid")]
///     #[failure(error)]
///     Invalid,
///     #[error("there is no such page")]
///     #[failure(ok)] // an answer like any other: the call ends `ok`
///     NotFound,
///     #[error(transparent)]
///     #[failure(source)] // asks the source
///     Io(#[from] std::io::Error),
/// }
///
/// assert_eq!(FetchError::NoAnswer.reason(), Reason::Timeout);
/// assert_eq!(FetchError::Invalid.reason(), Reason::Error);
/// assert_eq!(FetchError::NotFound.reason(), Reason::Expected);
/// let slow = std::io::Error::from(std::io::ErrorKind::TimedOut);
/// assert_eq!(FetchError::Io(slow).reason(), Reason::Timeout);
/// ```
///
/// An error that does not implement it is still classified. If it is a [`std::error::Error`], or derefs or converts to one
/// (`Box<dyn Trait>`, `eyre::Report`, `AsRef<dyn Error>`), its chain of sources is searched for known timeouts:
/// [`std::io::ErrorKind::TimedOut`], [`std::sync::mpsc::RecvTimeoutError::Timeout`], and those of `tokio`, `reqwest` and
/// `redis` with the features of these names. An error in the chain that derives `Failure`, and has no generics, decides.
/// Anything else is [`Reason::Error`].
///
/// The error behind a trait of your own, `Box<dyn BackendError>`, is hidden: only its sources are searched. One line shows it:
///
/// ```
/// use std::error::Error;
///
/// use metrics_runtime::{Failure, Reason};
///
/// trait BackendError: Error {}
///
/// impl Failure for dyn BackendError {
///     fn reason(&self) -> Reason {
///         (self as &dyn Error).reason()
///     }
/// }
/// # impl BackendError for std::io::Error {}
/// # let boxed: Box<dyn BackendError> = Box::new(std::io::Error::from(std::io::ErrorKind::TimedOut));
/// # assert_eq!(boxed.reason(), Reason::Timeout);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether it is a timeout",
    label = "does not implement `Failure`",
    note = "derive it: `#[derive(metrics_runtime::Failure)]`, and put `#[failure(timeout)]`, `#[failure(error)]`, `#[failure(ok)]` or `#[failure(source)]` on each variant"
)]
pub trait Failure {
    /// The reason that the call is counted by. [`Reason::Expected`] says that it ends `ok`.
    fn reason(&self) -> Reason;
}

/// An error that gives its reason from your own closed set of reasons, `R`. It is needed for
/// [`#[counted_failure(reason: MyReasons)]`](macro@crate::counted_failure), whose page shows how to derive it.
///
/// ```
/// use metrics_runtime::{FailureReason, Label};
///
/// #[derive(Clone, Copy, Debug, PartialEq, Label)]
/// enum HttpReason {
///     Client,
///     Server,
/// }
///
/// struct HttpError {
///     status: u16,
/// }
///
/// impl FailureReason<HttpReason> for HttpError {
///     fn failure_reason(&self) -> HttpReason {
///         if self.status < 500 { HttpReason::Client } else { HttpReason::Server }
///     }
/// }
///
/// assert_eq!(HttpError { status: 404 }.failure_reason(), HttpReason::Client);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which `{R}` it is",
    label = "does not implement `FailureReason<{R}>`",
    note = "derive it: `#[derive(metrics_runtime::Failure)]` with `#[failure(reason: {R})]` on the type and `reason = …` on each variant, `#[failure(error, reason = …)]`"
)]
pub trait FailureReason<R> {
    /// The reason that the call is counted by.
    fn failure_reason(&self) -> R;
}

#[diagnostic::do_not_recommend]
impl<R, E: FailureReason<R> + ?Sized> FailureReason<R> for Box<E> {
    fn failure_reason(&self) -> R {
        E::failure_reason(self)
    }
}

#[diagnostic::do_not_recommend]
impl<R, E: FailureReason<R> + ?Sized> FailureReason<R> for Arc<E> {
    fn failure_reason(&self) -> R {
        E::failure_reason(self)
    }
}

#[diagnostic::do_not_recommend]
impl<R, E: FailureReason<R> + ?Sized> FailureReason<R> for &E {
    fn failure_reason(&self) -> R {
        E::failure_reason(self)
    }
}

/// A type that derives [`Failure`], whatever its type parameters are. If one of them is no `Failure`, the type is none either,
/// and must not be counted as if nothing had been said about it.
pub trait DerivedFailure {}

macro_rules! failures_in_pointers {
    ($($pointer:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<E: Failure + ?Sized> Failure for $pointer {
            fn reason(&self) -> Reason {
                E::reason(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<E: DerivedFailure + ?Sized> DerivedFailure for $pointer {}
    )+};
}

failures_in_pointers!(Box<E>, Arc<E>, Rc<E>, &E);

/// The source of a failure that may have none: without one it is an `error`.
#[diagnostic::do_not_recommend]
impl<E: Failure> Failure for Option<E> {
    fn reason(&self) -> Reason {
        self.as_ref().map_or(Reason::Error, E::reason)
    }
}
