//! Finds out, by the type, whether code of `measure!` that runs in its place has run when it gives its value. A future has not.

use core::fmt;
use core::future::Future;

/// The value of the code.
pub struct InPlace<'a, T: ?Sized>(pub &'a T);

impl<T: ?Sized> fmt::Debug for InPlace<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InPlace")
    }
}

/// The value is a future, or a stream.
#[derive(Clone, Copy, Debug)]
pub struct RunsLater;

/// The value is any other.
#[derive(Clone, Copy, Debug)]
pub struct HasEnded;

/// A stream. The method's name is one that no trait in a user's scope has.
#[cfg(feature = "stream")]
pub trait StreamInPlace {
    /// Returns the type that stands for code that has not run.
    fn __metrics_in_place(&self) -> RunsLater;
}

#[cfg(feature = "stream")]
impl<S: futures_core::Stream + ?Sized> StreamInPlace for &&InPlace<'_, S> {
    fn __metrics_in_place(&self) -> RunsLater {
        RunsLater
    }
}

/// A future.
pub trait FutureInPlace {
    /// Returns the type that stands for code that has not run.
    fn __metrics_in_place(&self) -> RunsLater;
}

impl<F: Future + ?Sized> FutureInPlace for &InPlace<'_, F> {
    fn __metrics_in_place(&self) -> RunsLater {
        RunsLater
    }
}

/// Any other value.
pub trait ValueInPlace {
    /// Returns the type that stands for code that has run.
    fn __metrics_in_place(&self) -> HasEnded;
}

impl<T: ?Sized> ValueInPlace for InPlace<'_, T> {
    fn __metrics_in_place(&self) -> HasEnded {
        HasEnded
    }
}

/// The result for code that has run.
#[diagnostic::on_unimplemented(
    message = "this code makes a future or a stream, which runs later: only its creation would be measured, not its run",
    label = "this has not run yet",
    note = "await the future here, `measure!(#[…] fetch().await)`, or measure an `async` block, `measure!(#[…] async move {{ … }})`, which gives a measured future",
    note = "a stream is measured by `measure_stream!` (feature `stream`)"
)]
pub trait HasRunInPlace {}

impl HasRunInPlace for HasEnded {}

/// Compiles only if the code has run.
#[inline]
pub fn has_run_in_place<P: HasRunInPlace>(_: P) {}

/// The value of code, after its type was looked at.
#[inline]
pub fn value_of<T>(value: T, look: impl FnOnce(&T)) -> T {
    look(&value);
    value
}
