//! The shards of one exploration.

use crate::shards::Shards;
use crate::sync::{Mutex, OnceLock, RwLock};

loom::lazy_static! {
    /// The checker makes them anew for each order that it explores.
    pub(super) static ref SHARDS: Shards =
        Shards::new(RwLock::new(Vec::new()), Mutex::new(Vec::new()), OnceLock::new());
}
