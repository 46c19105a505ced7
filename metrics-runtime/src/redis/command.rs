//! The commands that have a series of their own.

use std::sync::atomic::{AtomicBool, Ordering};

use redis::Cmd;

use crate::Label;

/// What a program asks of Redis, as the label `command`: a closed set. A series appears when its command is first used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command(usize);

/// Those that queues, caches and locks are made of, what is no command by itself, and the rest.
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

/// Which have been used.
static USED: [AtomicBool; NAMES.len()] = [const { AtomicBool::new(false) }; NAMES.len()];

impl Command {
    pub(super) const CONNECT: Self = Self(CONNECT);
    /// A pipeline is one request, whatever it is made of.
    pub(super) const PIPELINE: Self = Self(PIPELINE);

    pub(super) fn of(command: &Cmd) -> Self {
        let name = command.args_iter().next();
        let name = match &name {
            Some(redis::Arg::Simple(name)) => *name,
            _ => b"",
        };
        let known = NAMES[..PIPELINE].iter().position(|known| name.eq_ignore_ascii_case(known.as_bytes()));
        Self(known.unwrap_or(OTHER)).used()
    }

    pub(super) fn used(self) -> Self {
        USED[self.0].store(true, Ordering::Release);
        self
    }

    /// The label's value.
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
        // What was not used has no series: a page would be full of commands that the program does not know.
        USED.get(index)?.load(Ordering::Acquire).then(|| NAMES[index])
    }
}
