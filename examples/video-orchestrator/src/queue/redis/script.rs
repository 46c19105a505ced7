//! The scripts that Redis runs.

use std::time::Duration;

use redis::Cmd;

use super::keys::{self, LEASE};
use crate::queue::delivery::{Delivery, RedisEntry};

/// A script with its keys; the arguments are added by the caller.
pub(crate) fn script(text: &str, keys: &[String]) -> Cmd {
    let mut command = redis::cmd("EVAL");
    command.arg([include_str!("types.lua"), text].concat()).arg(keys.len()).arg(keys);
    command
}

/// A script that reports how a job has ended; the script's own arguments are added by the caller.
pub(crate) fn report(text: &str, delivery: &Delivery, entry: &RedisEntry, worker: &str) -> Cmd {
    let priority = delivery.priority;
    let keys = [
        keys::processing(priority),
        lease_key(entry),
        keys::ATTEMPTS.to_owned(),
        keys::waiting(priority),
        keys::COMPLETED.to_owned(),
        keys::dead(priority),
    ];
    let mut command = script(&[include_str!("report.lua"), text].concat(), &keys);
    command.arg(&entry.text).arg(worker).arg(&entry.id);
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
