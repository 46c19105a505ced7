//! The shards of this program.

use super::shards::Shards;
use super::sync::{Mutex, OnceLock, RwLock};

pub(super) static SHARDS: Shards = Shards::new(RwLock::new(Vec::new()), Mutex::new(Vec::new()), OnceLock::new());
