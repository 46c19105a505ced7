//! The type that is expected where code is measured.

use core::fmt;
use core::marker::PhantomData;

/// Stands for the type that is expected where code is measured. It is an argument before the code: from what is expected of the
/// whole, the compiler finds its type first.
pub struct Expected<T>(PhantomData<fn() -> T>);

impl<T> Expected<T> {
    /// Whatever the type is.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "only generated code calls it")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> fmt::Debug for Expected<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Expected")
    }
}
