//! Counters that count fractions, and not whole numbers alone.

use super::family::Family;

/// A counter that counts fractions. It is an entry of its own, so that a counter of whole numbers has no data for it.
#[derive(Debug)]
pub struct FractionalCounter {
    pub(crate) family: &'static Family,
}

impl FractionalCounter {
    /// This metric counts fractions.
    #[must_use]
    pub const fn new(family: &'static Family) -> Self {
        Self { family }
    }
}
