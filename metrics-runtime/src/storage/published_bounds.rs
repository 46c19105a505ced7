//! The bounds of a histogram's buckets, which are published once, and read on every call.

use super::sync::{AtomicU64, OnceLock, Ordering};

/// The bounds of one metric, in nanoseconds; none until they are published.
#[derive(Debug)]
pub(crate) struct PublishedBounds {
    /// The first of them. While it is zero, only a duration of zero falls into the first bucket, which is right with any bounds.
    first: AtomicU64,
    all: OnceLock<&'static [u64]>,
}

impl PublishedBounds {
    /// No bounds yet.
    pub(crate) const fn empty() -> Self {
        Self { first: AtomicU64::new(0), all: OnceLock::new() }
    }

    /// Publishes the bounds. Two threads may do so at the same time: both publish the same bounds.
    pub(crate) fn publish(&self, bounds: &'static [u64]) {
        let _ = self.all.set(bounds);
        self.first.store(bounds.first().copied().unwrap_or(0), Ordering::Relaxed);
    }

    /// Whether a duration falls into the first bucket.
    #[inline(always)]
    pub(crate) fn is_in_first(&self, nanoseconds: u64) -> bool {
        nanoseconds <= self.first.load(Ordering::Relaxed)
    }

    /// The bounds, if they were published.
    pub(crate) fn get(&self) -> Option<&'static [u64]> {
        self.all.get().copied()
    }
}
