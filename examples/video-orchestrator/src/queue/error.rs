//! Why the queue does not work.

use metrics_runtime::Failure;
use metrics_runtime::redis::ErrorKind;
use redis::{RedisError, ServerErrorKind};

/// Why the queue does not work.
#[derive(Debug, thiserror::Error, Failure)]
pub(crate) enum QueueError {
    #[error("Redis at {url} cannot be used")]
    #[failure(source)]
    Redis { url: String, source: RedisError },
    #[error(
        "`{setting}` is `{url}`, which is not the address of a Redis server; write one such as `redis://127.0.0.1:6379`"
    )]
    #[failure(source)]
    Address { setting: &'static str, url: String, source: RedisError },
    #[error(
        "the key `{key}` in Redis at {url} holds a {found}, but the program needs a {expected} there; rename it, or delete it"
    )]
    #[failure(source)]
    WrongType { key: String, url: String, found: String, expected: &'static str, source: RedisError },
    #[error(
        "Redis at {url} is a node of a cluster, and the keys of the queues lie on several nodes; give the program a Redis \
         that is not a cluster"
    )]
    #[failure(error)]
    Cluster { url: String },
}

impl QueueError {
    /// The kind of the error: each kind has its own line in the log.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Redis { source, .. } => ErrorKind::of(source).as_str(),
            Self::Address { .. } => "address",
            Self::WrongType { .. } => "wrong type",
            Self::Cluster { .. } => "cluster",
        }
    }

    /// Whether a later attempt may succeed: Redis is away, or is not ready yet.
    pub(crate) fn is_temporary(&self) -> bool {
        let Self::Redis { source, .. } = self else { return false };
        matches!(ErrorKind::of(source), ErrorKind::Connection | ErrorKind::Timeout)
            || source.kind() == redis::ErrorKind::Server(ServerErrorKind::BusyLoading)
    }
}
