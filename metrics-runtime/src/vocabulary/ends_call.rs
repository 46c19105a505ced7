//! The trait by which a type that is no `Result` says how a call ended.

use super::failure::Reason;

/// A value that says itself whether the call that returned it has failed: your own type that is no `Result`.
///
/// It holds for every annotated function that returns the type, or a `Box` of it. A function can still say otherwise, with
/// [`error_if` and `ok_if`](macro@crate::counted_failure#which-values-are-failures). An `Ok` of a `Result` is not asked, nor is
/// a returned reference, nor a value of a type parameter. If the code panics, the call is an `error`, and the program goes on.
///
/// ```
/// use metrics_runtime::{EndsCall, Reason, counted_failure};
///
/// enum Reply {
///     Drawn(Vec<u8>),
///     Refused,
///     TooLate,
/// }
///
/// impl EndsCall for Reply {
///     fn failure(&self) -> Option<Reason> {
///         match self {
///             Self::Drawn(_) => None,
///             Self::Refused => Some(Reason::Error),
///             Self::TooLate => Some(Reason::Timeout),
///         }
///     }
/// }
///
/// #[counted_failure(counter = "draw_failures_total")]
/// async fn draw(prompt: &str) -> Reply {
///     if prompt.is_empty() { Reply::Refused } else { Reply::Drawn(Vec::new()) }
/// }
/// ```
pub trait EndsCall {
    /// The reason that the call is counted by as a failure, or `None` if it ended `ok`.
    fn failure(&self) -> Option<Reason>;
}

#[diagnostic::do_not_recommend]
impl<T: EndsCall + ?Sized> EndsCall for Box<T> {
    fn failure(&self) -> Option<Reason> {
        T::failure(self)
    }
}
