//! A job that a worker has taken, and how it has ended.

use std::time::SystemTime;

use metrics_runtime::TraceContext;

use super::entry;
use super::priority::Priority;

/// A job that a worker has taken.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) priority: Priority,
    /// The text of the job.
    pub(crate) text: String,
    /// How often it was taken, this time included.
    pub(crate) attempt: u32,
    pub(crate) enqueued_at: Option<SystemTime>,
    /// Whether no worker has taken it before.
    pub(crate) is_first: bool,
    /// The span of the first attempt that has one.
    pub(crate) first_attempt: Option<TraceContext>,
    /// The entry in Redis, where it is from there.
    pub(crate) entry: Option<RedisEntry>,
}

/// How Redis identifies a job that was taken.
#[derive(Clone, Debug)]
pub(crate) struct RedisEntry {
    pub(crate) id: String,
    /// The exact text on the list.
    pub(crate) text: String,
    /// The entry as it was pushed.
    pub(crate) pushed: String,
    /// The same where it is not a text, in hexadecimal digits.
    pub(crate) bytes: Option<String>,
}

/// A job is done. The same value is sent again where the answer was lost, so that the queue can recognise it.
#[derive(Clone, Debug)]
pub(crate) struct Completion {
    pub(crate) job: String,
    /// Milliseconds since 1970.
    pub(crate) at: u64,
}

impl Completion {
    /// The job with this name is done now.
    pub(crate) fn now(job: String) -> Self {
        Self { job, at: entry::now() }
    }
}

/// A job has failed. It is sent again in the same way.
#[derive(Clone, Debug)]
pub(crate) struct JobFailure {
    pub(crate) error: String,
    /// Milliseconds since 1970.
    pub(crate) at: u64,
}

impl JobFailure {
    /// The job has failed now, with this error.
    pub(crate) fn now(error: String) -> Self {
        Self { error, at: entry::now() }
    }
}

/// The answer with which a job that has failed is given up.
pub(crate) const GIVEN_UP: u32 = 2;

/// What the queue says to the report of a job's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepted,
    /// Another worker has the job, or has ended it.
    Superseded,
    /// The job is on no list any more: somebody has removed it.
    Vanished,
}

impl Verdict {
    /// What the answer of a script in Redis says.
    pub(crate) fn of(answer: u32) -> Self {
        match answer {
            0 => Self::Superseded,
            1 | GIVEN_UP => Self::Accepted,
            _ => Self::Vanished,
        }
    }
}
