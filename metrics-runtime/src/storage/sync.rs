//! The atomics, locks and thread-locals that storage is made of. The model checker in `tests/model` replaces them with its own, and uses
//! far smaller sizes.

pub(super) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
pub(super) use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
pub(super) use std::thread_local;

/// The number of words that are allocated at once.
pub(super) const CHUNK: usize = 1024;
/// A million words: a hundred thousand histograms of the usual size.
pub(crate) const CHUNKS: usize = 1024;
/// The number of calls of one attribute whose starts can be kept at a time: 2 KB.
pub(crate) const PLACES: usize = 256;

/// The number of threads that own a shard at a time. Twice the number of processors: the threads of a pool own theirs, and
/// so do some others.
pub(super) fn max_owners() -> usize {
    2 * processors()
}

/// The number of shards that all other threads share. No more of them than there are processors run at a time, so they
/// seldom meet.
pub(super) fn max_shared() -> usize {
    2 * processors()
}

fn processors() -> usize {
    static PROCESSORS: OnceLock<usize> = OnceLock::new();
    // It reads files, so it is asked once.
    *PROCESSORS.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}
