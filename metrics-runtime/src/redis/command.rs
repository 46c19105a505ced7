//! The commands that have a series of their own.

use std::sync::atomic::{AtomicBool, Ordering};

use redis::Cmd;

use crate::Label;

/// A Redis command, as the label `command`: a closed set of 48 values. A series appears when its command is first used.
///
/// The set holds the commands that queues, caches and locks usually need, in lower case. `pipeline` is a whole
/// pipeline, `connect` is an attempt to connect, and `other` is any further command.
///
/// ```
/// use metrics_runtime::Label;
/// use metrics_runtime::redis::Command;
///
/// assert_eq!(Command::CARDINALITY, 48);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command(usize);

/// Redis' own commands, then the values that stand for something else.
const NAMES: [&str; 48] = [
    "get",
    "set",
    "del",
    "exists",
    "expire",
    "pexpire",
    "ttl",
    "incr",
    "decr",
    "mget",
    "mset",
    "getdel",
    "lpush",
    "rpush",
    "lpop",
    "rpop",
    "blpop",
    "brpop",
    "lmove",
    "blmove",
    "llen",
    "lrange",
    "lindex",
    "lrem",
    "ltrim",
    "hget",
    "hset",
    "hdel",
    "hgetall",
    "hincrby",
    "sadd",
    "srem",
    "smembers",
    "zadd",
    "zrem",
    "zrange",
    "xadd",
    "xread",
    "xreadgroup",
    "xack",
    "publish",
    "eval",
    "evalsha",
    "ping",
    "scan",
    "pipeline",
    "connect",
    "other",
];

const OTHER: usize = NAMES.len() - 1;
const CONNECT: usize = OTHER - 1;
const PIPELINE: usize = OTHER - 2;

/// The commands that the program has used so far.
static USED: [AtomicBool; NAMES.len()] = [const { AtomicBool::new(false) }; NAMES.len()];

impl Command {
    pub(super) const CONNECT: Self = Self(CONNECT);
    /// A pipeline is one request, whichever commands it holds.
    pub(super) const PIPELINE: Self = Self(PIPELINE);

    /// The label's value for a command, which is marked as used.
    pub(super) fn of(command: &Cmd) -> Self {
        let name = command.args_iter().next();
        let name = match &name {
            Some(redis::Arg::Simple(name)) => *name,
            _ => b"",
        };
        let known = NAMES[..PIPELINE].iter().position(|known| name.eq_ignore_ascii_case(known.as_bytes()));
        Self(known.unwrap_or(OTHER)).mark_used()
    }

    /// Marks the command as used, so that its series appears.
    pub(super) fn mark_used(self) -> Self {
        USED[self.0].store(true, Ordering::Release);
        self
    }

    /// The label's value, such as `llen`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        NAMES[self.0]
    }
}

#[diagnostic::do_not_recommend]
impl Label for Command {
    const CARDINALITY: usize = NAMES.len();

    fn index(&self) -> usize {
        self.0
    }

    fn value(index: usize) -> Option<&'static str> {
        // A command that was not used has no series: the page would be full of commands that the program never sends.
        USED.get(index)?.load(Ordering::Acquire).then(|| NAMES[index])
    }
}
