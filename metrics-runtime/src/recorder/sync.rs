//! The parts that shards are made of. The model checker in `tests/model` puts its own in their place, and far smaller sizes.

pub(super) use std::sync::atomic::{AtomicU64, Ordering};
pub(super) use std::sync::{Mutex, OnceLock, PoisonError, RwLock};

/// Words that are allocated at a time.
pub(super) const CHUNK: usize = 1024;
/// A million words: a hundred thousand histograms of the usual size.
pub(super) const CHUNKS: usize = 1024;
