//! Whether a connection that was good is still open.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use redis::RedisError;
use redis::aio::{ConnectionLike, MultiplexedConnection};

use super::error_kind::ErrorKind;

/// Whether the connection is not known to be closed. It is closed for good when its task has ended: because the server
/// has closed it, or with the runtime that ran the task. Redis sees nothing of the question: a request whose caller is
/// gone is not sent, except where the task was faster.
pub(super) async fn is_open(connection: &mut MultiplexedConnection) -> bool {
    let ping = redis::cmd("PING");
    let mut reply = pin!(connection.req_packed_command(&ping));
    poll_fn(|context| {
        Poll::Ready(match reply.as_mut().poll(context) {
            Poll::Ready(Err(error)) => !is_broken(&error),
            Poll::Ready(Ok(_)) | Poll::Pending => true,
        })
    })
    .await
}

/// Whether the server answers on the connection. An answer may be an error.
pub(super) async fn is_answered(connection: &mut MultiplexedConnection) -> bool {
    let reply = connection.req_packed_command(&redis::cmd("PING")).await;
    reply.err().is_none_or(|error| !is_broken(&error))
}

/// Whether the error leaves the connection unusable. An error reply does not: that of a transaction arrives as an error,
/// too.
pub(super) fn is_broken(error: &RedisError) -> bool {
    matches!(ErrorKind::of(error), ErrorKind::Timeout | ErrorKind::Connection) || error.is_unrecoverable_error()
}
