//! What a file and its process are known by.

use std::hash::{BuildHasher as _, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

/// A number that no other process of the folder has: its file is made only if there is none of this name.
pub(super) fn random_number() -> u64 {
    RandomState::new().hash_one((std::process::id(), now()))
}

/// Milliseconds since 1970.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
