//! Finds out by its type whether a function returns a future where its signature does not show it, as
//! [`classification`](super::classification) finds outcomes.

use core::future::Future;
use core::marker::PhantomData;

/// Stands for a value of the type that a function returns.
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<T>);

impl<T: ?Sized> Probe<T> {
    /// Makes one without a value.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "generated code calls it, and nobody else")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// The function returns a future: it has not run when it returns.
#[derive(Clone, Copy, Debug)]
pub struct AFuture;

/// The function has run when it returns.
#[derive(Clone, Copy, Debug)]
pub struct AValue;

/// A type that is a future.
pub trait ProbeFuture {
    /// Says so.
    fn probe(&self) -> AFuture;
}

impl<F: Future + ?Sized> ProbeFuture for &Probe<F> {
    fn probe(&self) -> AFuture {
        AFuture
    }
}

/// Any other type.
pub trait ProbeValue {
    /// Says so.
    fn probe(&self) -> AValue;
}

impl<T: ?Sized> ProbeValue for Probe<T> {
    fn probe(&self) -> AValue {
        AValue
    }
}

/// What a function without `async` returns when it has run.
#[diagnostic::on_unimplemented(
    message = "this function returns a future, which its signature does not show: only the making of the future would be measured, not its run",
    label = "this type is a future",
    note = "write it as an `async fn`, or write the type out, `-> impl Future<Output = …>` or `-> Pin<Box<dyn Future<Output = …>>>`, and end the body with its `async move {{ … }}` block",
    note = "to count how often the function is called, `#[counted(counter = \"…\")]` alone is enough"
)]
pub trait HasRun {}

impl HasRun for AValue {}

/// Compiles where the function has run when it returns.
#[inline]
pub fn has_run<P: HasRun>(_: P) {}
