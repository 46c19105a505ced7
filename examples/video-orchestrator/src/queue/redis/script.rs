//! The scripts that Redis runs.

use std::time::Duration;

use redis::Cmd;

use super::keys::LEASE;
use crate::queue::delivery::RedisEntry;

/// A script with its keys; the arguments are added by the caller.
pub(crate) fn script(text: &str, keys: &[String]) -> Cmd {
    let mut command = redis::cmd("EVAL");
    command.arg([include_str!("types.lua"), text].concat()).arg(keys.len()).arg(keys);
    command
}

/// The key of a job's lease.
pub(crate) fn lease_key(entry: &RedisEntry) -> String {
    format!("{LEASE}{}", entry.id)
}

/// A time as the scripts take it.
pub(crate) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
