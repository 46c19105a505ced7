//! The reason of a failure: given by the error itself, or found in its chain of sources.

use std::error::Error;
use std::io;

use super::outcome::Outcome;

/// The reason that a returned error is counted by.
///
/// The text of an error is never a label: the number of texts has no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Any failure that is not a timeout.
    Error,
    /// An operation took too long.
    Timeout,
}

impl From<Reason> for Outcome {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Error => Self::Error,
            Reason::Timeout => Self::Timeout,
        }
    }
}

/// An error that says whether it is a timeout.
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
///     #[error(transparent)]
///     #[failure(source)] // asks the source
///     Io(#[from] std::io::Error),
/// }
///
/// assert_eq!(FetchError::NoAnswer.reason(), Reason::Timeout);
/// assert_eq!(FetchError::Invalid.reason(), Reason::Error);
/// let slow = std::io::Error::from(std::io::ErrorKind::TimedOut);
/// assert_eq!(FetchError::Io(slow).reason(), Reason::Timeout);
/// ```
///
/// An error that does not implement it is still classified. If it is a [`std::error::Error`], its chain of sources is
/// searched for known timeouts: [`io::ErrorKind::TimedOut`], and those of `tokio`, `reqwest` and `redis` with the features
/// of these names. Anything else is [`Reason::Error`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether it is a timeout",
    label = "does not implement `Failure`",
    note = "derive it: `#[derive(metrics_runtime::Failure)]`, and put `#[failure(timeout)]`, `#[failure(error)]` or `#[failure(source)]` on each variant"
)]
pub trait Failure {
    /// The reason that the call is counted by.
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
impl<R, E: FailureReason<R> + ?Sized> FailureReason<R> for std::sync::Arc<E> {
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

impl<E: Failure + ?Sized> Failure for Box<E> {
    fn reason(&self) -> Reason {
        E::reason(self)
    }
}

impl<E: Failure + ?Sized> Failure for std::sync::Arc<E> {
    fn reason(&self) -> Reason {
        E::reason(self)
    }
}

impl<E: Failure + ?Sized> Failure for &E {
    fn reason(&self) -> Reason {
        E::reason(self)
    }
}

impl Failure for dyn Error {
    fn reason(&self) -> Reason {
        reason_of_chain(self)
    }
}

impl Failure for dyn Error + Send {
    fn reason(&self) -> Reason {
        reason_of_chain(self)
    }
}

impl Failure for dyn Error + Send + Sync {
    fn reason(&self) -> Reason {
        reason_of_chain(self)
    }
}

impl Failure for io::Error {
    fn reason(&self) -> Reason {
        reason_of_chain(self)
    }
}

#[cfg(feature = "tokio")]
impl Failure for tokio::time::error::Elapsed {
    fn reason(&self) -> Reason {
        Reason::Timeout
    }
}

#[cfg(feature = "reqwest")]
impl Failure for reqwest::Error {
    fn reason(&self) -> Reason {
        reason_of_chain(self)
    }
}

#[cfg(feature = "redis")]
impl Failure for redis::RedisError {
    fn reason(&self) -> Reason {
        reason_of_chain(self)
    }
}

#[cfg(feature = "anyhow")]
impl Failure for anyhow::Error {
    fn reason(&self) -> Reason {
        reason_of_chain(self.as_ref())
    }
}

/// [`Reason::Timeout`] if the error or one of its sources is a known timeout, else [`Reason::Error`].
pub(crate) fn reason_of_chain(error: &(dyn Error + 'static)) -> Reason {
    let mut next = Some(error);
    // A chain that is a circle must not hang the program.
    for _ in 0..MAX_CHAIN {
        let Some(error) = next else { break };
        if is_timeout(error) {
            return Reason::Timeout;
        }
        next = source_of(error);
    }
    Reason::Error
}

/// The number of errors of a chain that are looked at.
const MAX_CHAIN: usize = 64;

/// The next error of the chain.
fn source_of<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    // `io::Error::source` skips the error that it carries: it returns that error's source.
    if let Some(carried) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        return Some(carried);
    }
    error.source()
}

/// Whether the error itself is a known timeout.
fn is_timeout(error: &(dyn Error + 'static)) -> bool {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return error.kind() == io::ErrorKind::TimedOut;
    }
    #[cfg(feature = "tokio")]
    if error.is::<tokio::time::error::Elapsed>() {
        return true;
    }
    #[cfg(feature = "reqwest")]
    if let Some(error) = error.downcast_ref::<reqwest::Error>() {
        return error.is_timeout();
    }
    #[cfg(feature = "redis")]
    if let Some(error) = error.downcast_ref::<redis::RedisError>() {
        return error.is_timeout();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("wrapped")]
    struct Wrapped(#[source] Box<dyn Error + Send + Sync>);

    #[test]
    fn a_timeout_deep_in_the_chain_is_found() {
        let deep = Wrapped(Box::new(Wrapped(Box::new(Wrapped(Box::new(io::Error::from(io::ErrorKind::TimedOut)))))));
        assert_eq!(reason_of_chain(&deep), Reason::Timeout);
    }

    #[test]
    fn an_io_error_does_not_hide_the_error_it_carries() {
        let carried = io::Error::other(Wrapped(Box::new(io::Error::from(io::ErrorKind::TimedOut))));
        assert_eq!(reason_of_chain(&carried), Reason::Timeout);
        let directly = io::Error::other(io::Error::from(io::ErrorKind::TimedOut));
        assert_eq!(reason_of_chain(&directly), Reason::Timeout);
    }

    #[test]
    fn a_chain_without_a_timeout_is_an_error() {
        let refused = Wrapped(Box::new(io::Error::from(io::ErrorKind::ConnectionRefused)));
        assert_eq!(reason_of_chain(&refused), Reason::Error);
    }
}
