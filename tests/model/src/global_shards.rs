//! The shards of one exploration.

use crate::shard_set::{Shards, Takings};
use crate::sync::{AtomicU64, Mutex, OnceLock, RwLock};

loom::lazy_static! {
    /// The checker makes them anew for each order that it explores.
    pub(super) static ref SHARDS: Shards =
        Shards::new(RwLock::new(Vec::new()), Mutex::new(Takings::new()), AtomicU64::new(0), OnceLock::new());
}
