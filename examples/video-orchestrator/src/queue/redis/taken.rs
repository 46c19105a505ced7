//! The answer of the script that takes a job.

use redis::{FromRedisValue, ParsingError, Value, from_redis_value};

/// The answer of the script that takes a job.
#[derive(Debug)]
pub(super) enum Taken {
    Nothing,
    /// The first entry has no identity of its own. It is still on its queue.
    Plain(Vec<u8>),
    Job {
        /// The number of the queue, counted from 1.
        at: usize,
        entry: String,
        attempt: u32,
        id: String,
        /// Whether no worker has taken it before.
        is_first: bool,
        /// The span of the first attempt, as the worker has written it.
        first_attempt: Option<String>,
    },
}

impl FromRedisValue for Taken {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        match value {
            Value::Nil => Ok(Self::Nothing),
            Value::Array(parts) if parts.len() == 2 => {
                let (_, entry): (usize, Vec<u8>) = from_redis_value(Value::Array(parts))?;
                Ok(Self::Plain(entry))
            }
            value => {
                let (at, entry, attempt, id, is_first, first_attempt) = from_redis_value(value)?;
                Ok(Self::Job { at, entry, attempt, id, is_first, first_attempt })
            }
        }
    }
}
