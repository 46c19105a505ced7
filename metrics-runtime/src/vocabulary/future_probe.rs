//! Finds out whether a function returns a future although its signature does not show it. It uses the type, in the same
//! way as [`classification`](super::classification).

use core::future::Future;
use core::marker::PhantomData;

/// Represents a function's return type; no value of the type is needed.
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<T>);

impl<T: ?Sized> Probe<T> {
    /// Creates a probe.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "only generated code calls it")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// The function returns a future: its body has not run when it returns.
#[derive(Clone, Copy, Debug)]
pub struct IsFuture;

/// The function returns a plain value: its body has run when it returns.
#[derive(Clone, Copy, Debug)]
pub struct IsValue;

/// A type that is a future. The method's name is one that no trait in a user's scope has.
pub trait ProbeFuture {
    /// Returns the type that stands for futures.
    fn __metrics_probe(&self) -> IsFuture;
}

impl<F: Future + ?Sized> ProbeFuture for &Probe<F> {
    fn __metrics_probe(&self) -> IsFuture {
        IsFuture
    }
}

/// Any other type.
pub trait ProbeValue {
    /// Returns the type that stands for plain values.
    fn __metrics_probe(&self) -> IsValue;
}

impl<T: ?Sized> ProbeValue for Probe<T> {
    fn __metrics_probe(&self) -> IsValue {
        IsValue
    }
}

/// The probe's result for a function whose body has run when it returns.
#[diagnostic::on_unimplemented(
    message = "this function returns a future, but its signature does not show it: only the creation of the future would be measured, not its run",
    label = "this type is a future",
    note = "write an `async fn`, or write the return type in full, `-> impl Future<Output = …>` or `-> Pin<Box<dyn Future<Output = …>>>`, and end the body with its `async move {{ … }}` block",
    note = "where a trait sets the return type, as in tower's `fn call(&mut self, request: R) -> Self::Future`, put the attribute on an `async fn` that does the work, and call that: `Box::pin(handle(request))`",
    note = "to count how often the function is called, `#[counted(counter = \"…\")]` alone is enough"
)]
pub trait HasRun {}

impl HasRun for IsValue {}

/// Compiles only if the function's body has run when it returns.
#[inline]
pub fn has_run<P: HasRun>(_: P) {}
