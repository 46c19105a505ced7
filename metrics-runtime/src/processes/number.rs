//! What a file and its process are known by.

use std::hash::{BuildHasher as _, RandomState};
use std::time::SystemTime;

use crate::util::since_1970;

/// A number that no other process of the folder has: its file is made only if there is none of this name.
pub(super) fn random_number() -> u64 {
    RandomState::new().hash_one((std::process::id(), now()))
}

/// Milliseconds since 1970.
pub(super) fn now() -> u64 {
    u64::try_from(since_1970(SystemTime::now()).as_millis()).unwrap_or(u64::MAX)
}

/// The name of the file of the process that has this number.
pub(super) fn process_name(number: u64) -> String {
    format!("{number:016x}")
}

/// Whether the file of a process can have this name.
pub(super) fn is_process_name(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The name of the files of the version that has this fingerprint.
pub(super) fn version_name(fingerprint: u128) -> String {
    format!("{fingerprint:032x}")
}
