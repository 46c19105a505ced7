//! Code in `measure!` has no signature, so its type may be unknown when the compiler looks for the traits that classify its value.
//! Then it would take the first one that fits. A call of a method makes it ask for the type instead.

use super::classification::Returned;

/// A type that the compiler knows: of an unknown one it does not find the method.
pub trait KnownType {
    /// Does nothing.
    #[inline]
    fn __metrics_known(&self) {}
}

impl<T: ?Sized> KnownType for T {}

/// A `Result`, whatever its error is.
pub trait ErrorOfResult {
    /// The type of the error.
    type Error;

    /// The error, if it is one.
    fn __metrics_error(&self) -> Option<&Self::Error>;
}

impl<T, E> ErrorOfResult for &Returned<'_, Result<T, E>> {
    type Error = E;

    #[inline]
    fn __metrics_error(&self) -> Option<&E> {
        self.0.as_ref().err()
    }
}

/// Any other value.
pub trait ErrorOfAny {
    /// There is no error.
    fn __metrics_error(&self) -> Option<&()>;
}

impl<T> ErrorOfAny for Returned<'_, T> {
    #[inline]
    fn __metrics_error(&self) -> Option<&()> {
        None
    }
}
