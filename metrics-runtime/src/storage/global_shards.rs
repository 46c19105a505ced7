//! The shards of this program.

use super::shard_set::{Shards, Takings};
use super::sync::{AtomicU64, Mutex, OnceLock, RwLock};

pub(super) static SHARDS: Shards =
    Shards::new(RwLock::new(Vec::new()), Mutex::new(Takings::new()), AtomicU64::new(0), OnceLock::new());
