//! Replies that mean that another server must be asked.

use redis::{RedisError, RedisResult, ServerError, Value};

/// The codes of the errors with which a server says that it cannot do this client's work: it has become a replica, it is
/// still reading its data, it has lost its primary, or it wants a password that this connection has not given.
///
/// After a failover the address leads to another server, but a connection to the old one stays open.
const CODES: [&str; 4] = ["READONLY", "LOADING", "MASTERDOWN", "NOAUTH"];

/// A reply that may refuse the work.
pub(super) trait MayRefuse {
    /// Whether the reply says that another server must be asked.
    fn is_refusal(&self) -> bool;
}

impl MayRefuse for Value {
    fn is_refusal(&self) -> bool {
        matches!(self, Self::ServerError(error) if is_refusal(error))
    }
}

impl MayRefuse for Vec<Value> {
    fn is_refusal(&self) -> bool {
        match self.as_slice() {
            // The reply to a transaction holds those to its commands.
            [Value::Array(replies)] => replies.iter().any(MayRefuse::is_refusal),
            replies => replies.iter().any(MayRefuse::is_refusal),
        }
    }
}

impl MayRefuse for RedisError {
    fn is_refusal(&self) -> bool {
        // That of a transaction holds those of its commands.
        self.clone().into_server_errors().is_some_and(|errors| errors.iter().any(|(_, error)| is_refusal(error)))
    }
}

impl<T: MayRefuse> MayRefuse for RedisResult<T> {
    fn is_refusal(&self) -> bool {
        match self {
            Ok(reply) => reply.is_refusal(),
            Err(error) => error.is_refusal(),
        }
    }
}

fn is_refusal(error: &ServerError) -> bool {
    CODES.contains(&error.code())
}
