//! The buckets of a histogram, which are published once, and read on every call.

use super::buckets::Buckets;
use super::sync::{AtomicU64, OnceLock, Ordering};

/// The buckets of one metric; none until they are published.
#[derive(Debug)]
pub(crate) struct PublishedBuckets {
    /// The first of them. While it is zero, only a value of zero falls into the first bucket, which is right with any bounds.
    first: AtomicU64,
    all: OnceLock<Buckets>,
}

impl PublishedBuckets {
    /// No buckets yet.
    pub(crate) const fn empty() -> Self {
        Self { first: AtomicU64::new(0), all: OnceLock::new() }
    }

    /// Publishes the buckets. Two threads may do so at the same time: both publish the same ones.
    pub(crate) fn publish(&self, buckets: Buckets) {
        let _ = self.all.set(buckets);
        self.first.store(buckets.bounds().first().copied().unwrap_or(0), Ordering::Relaxed);
    }

    /// Whether a value in steps falls into the first bucket.
    #[inline(always)]
    pub(crate) fn is_in_first(&self, steps: u64) -> bool {
        steps <= self.first.load(Ordering::Relaxed)
    }

    /// The buckets, if they were published.
    pub(crate) fn get(&self) -> Option<Buckets> {
        self.all.get().copied()
    }
}
