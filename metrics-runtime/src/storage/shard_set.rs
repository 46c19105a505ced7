//! All shards, and which thread takes which.
//!
//! The first threads own a shard each, while they live. A thread that ends releases its shard with all its counts, and a
//! later thread takes it. Threads beyond that number share some more shards, until an owner ends. So the memory, and the
//! time for a page, depend on the number of threads only up to a bound, which depends on the number of processors.
//!
//! A model checker explores every path through this file: see `tests/model`.

use super::shards::Shard;
use super::sync::{AtomicU64, Mutex, MutexGuard, OnceLock, Ordering, PoisonError, RwLock, max_owners, max_shared};

/// All shards, and which of them threads may take.
pub(super) struct Shards {
    all: RwLock<Vec<&'static Shard>>,
    takings: Mutex<Takings>,
    /// One if no thread can own a shard before another ends, otherwise zero. It is only a hint.
    is_full: AtomicU64,
    common: OnceLock<&'static Shard>,
}

/// Which shards threads may take.
pub(super) struct Takings {
    /// The number of shards that were made for owners.
    owned: usize,
    /// Those of them whose threads have ended.
    free: Vec<&'static Shard>,
    /// The shards that threads share, each with the number of threads.
    shared: Vec<(&'static Shard, usize)>,
}

impl Takings {
    /// No shards yet.
    pub(super) const fn new() -> Self {
        Self { owned: 0, free: Vec::new(), shared: Vec::new() }
    }
}

impl Shards {
    /// No shards yet.
    pub(super) const fn new(
        all: RwLock<Vec<&'static Shard>>,
        takings: Mutex<Takings>,
        is_full: AtomicU64,
        common: OnceLock<&'static Shard>,
    ) -> Self {
        Self { all, takings, is_full, common }
    }

    /// Whether no thread can own a shard before another ends. A thread that shares one asks this at each addition.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.is_full.load(Ordering::Relaxed) != 0
    }

    /// A shard that a thread owns: one that an ended thread has released, or a new one. `None` if there are enough owners.
    pub(super) fn acquire(&self) -> Option<&'static Shard> {
        // The lock also makes the writes of the last owner visible.
        let mut takings = self.takings();
        let free = takings.free.pop();
        let shard = free.or_else(|| {
            let may_own = takings.owned < max_owners();
            takings.owned += usize::from(may_own);
            may_own.then(|| self.make())
        });
        self.say_whether_full(&takings);
        shard
    }

    /// Takes back the shard of an owner that is ending.
    pub(super) fn release(&self, shard: &'static Shard) {
        let mut takings = self.takings();
        takings.free.push(shard);
        self.say_whether_full(&takings);
    }

    /// A shard for a thread that can own none. It is a new one while there may be more; otherwise the one that the fewest
    /// threads share.
    pub(super) fn share(&self) -> &'static Shard {
        let mut takings = self.takings();
        let number = takings.shared.len();
        match takings.shared.iter_mut().min_by_key(|(_, threads)| *threads) {
            Some((shard, threads)) if *threads == 0 || number >= max_shared() => {
                *threads += 1;
                shard
            }
            _ => {
                let shard = self.make();
                takings.shared.push((shard, 1));
                shard
            }
        }
    }

    /// A thread that shared this shard does so no more.
    pub(super) fn leave(&self, shard: &'static Shard) {
        let mut takings = self.takings();
        if let Some((_, threads)) = takings.shared.iter_mut().find(|(shared, _)| std::ptr::eq(*shared, shard)) {
            *threads -= 1;
        }
    }

    fn takings(&self) -> MutexGuard<'_, Takings> {
        self.takings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say_whether_full(&self, takings: &Takings) {
        let is_full = takings.free.is_empty() && takings.owned >= max_owners();
        self.is_full.store(is_full.into(), Ordering::Relaxed);
    }

    /// A new shard, which pages read from now on.
    fn make(&self) -> &'static Shard {
        let shard = Shard::leaked();
        self.all.write().unwrap_or_else(PoisonError::into_inner).push(shard);
        shard
    }

    /// The shard of threads that are ending, and of words that are not sums. All share it.
    pub(super) fn common(&self) -> &'static Shard {
        self.common.get_or_init(Shard::leaked)
    }

    /// Visits the shards that exist now. A later read of them may miss the counts of a thread that has no shard yet, but
    /// nothing that was counted before.
    pub(super) fn each(&self, mut each: impl FnMut(&'static Shard)) {
        self.common.get().into_iter().for_each(|shard| each(shard));
        self.all.read().unwrap_or_else(PoisonError::into_inner).iter().for_each(|shard| each(shard));
    }
}
