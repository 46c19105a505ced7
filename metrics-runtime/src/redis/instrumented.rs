//! A connection whose commands are measured.

use std::time::Duration;

#[cfg(feature = "redis-tls")]
use redis::ConnectionAddr;
use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::{AsyncConnectionConfig, Client, Cmd, Pipeline, RedisError, RedisFuture, RedisResult, Value};

use super::command::Command;
use super::error_kind::ErrorKind;
use crate::{counted, declare_metrics, timed};

/// How Redis begins to repeat the arguments of a command that it does not know. It may cut them, also a password.
const REPEATED_ARGUMENTS: &str = "with args beginning with";

declare_metrics! {
    crate = crate;

    /// Time from a command to Redis until its reply.
    histogram COMMAND_SECONDS = "redis_command_seconds", labels(command: Command),
        buckets(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5);
    /// Commands to Redis that failed.
    counter ERRORS = "redis_errors_total", labels(kind: ErrorKind);
}

/// A measured asynchronous connection to Redis. It wraps a multiplexed connection, a `ConnectionManager` or any other
/// [`ConnectionLike`], and is used in its place.
///
/// | metric | |
/// | --- | --- |
/// | `redis_command_seconds{command}` | seconds from the request to its reply, whether it succeeds or fails; a command that blocks, such as `BLPOP`, includes the time that it blocks |
/// | `redis_errors_total{kind}` | `timeout`, `connection`, `response`, `other` |
///
/// A pipeline counts once, as the command `pipeline`. A command whose future is dropped before the reply is measured up
/// to the drop, and counts as an error of the kind `other`.
///
/// It reconnects only if the wrapped connection does: a `ConnectionManager` does, without measured attempts, and a
/// multiplexed connection does not. [`connect`](super::connect) gives a connection that reconnects and measures its
/// attempts.
///
/// ```no_run
/// use metrics_runtime::redis::Instrumented;
/// use redis::AsyncCommands;
///
/// # async fn work() -> redis::RedisResult<()> {
/// let client = redis::Client::open("redis://127.0.0.1")?;
/// let mut connection = Instrumented::new(client.get_multiplexed_async_connection().await?);
/// let waiting: u64 = connection.llen("jobs").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Instrumented<C>(C);

impl<C> Instrumented<C> {
    /// Measures the commands of a connection from now on.
    pub const fn new(connection: C) -> Self {
        Self(connection)
    }

    /// The wrapped connection, whose commands are no longer measured.
    pub fn into_inner(self) -> C {
        self.0
    }

    /// The wrapped connection, for a command that is not measured.
    pub(super) const fn inner_mut(&mut self) -> &mut C {
        &mut self.0
    }
}

impl<C: ConnectionLike + Send> ConnectionLike for Instrumented<C> {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(measured(Command::of(cmd), self.0.req_packed_command(cmd)))
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(measured(Command::PIPELINE.mark_used(), self.0.req_packed_commands(pipeline, offset, count)))
    }

    fn get_db(&self) -> i64 {
        self.0.get_db()
    }
}

/// Makes one attempt to connect, measured as the command `connect`. The timeout is that of the attempt, and of each
/// later reply.
pub(super) async fn connect_once(
    client: &Client,
    timeout: Duration,
) -> RedisResult<Instrumented<MultiplexedConnection>> {
    #[cfg(feature = "redis-tls")]
    if let ConnectionAddr::TcpTls { .. } = client.get_connection_info().addr() {
        super::tls::install_provider();
    }
    let config = AsyncConnectionConfig::new().set_connection_timeout(Some(timeout)).set_response_timeout(Some(timeout));
    let connection = client.get_multiplexed_async_connection_with_config(&config);
    let connection = measured(Command::CONNECT.mark_used(), connection).await;
    connection.map(Instrumented::new).map_err(|error| without_credentials(client, error))
}

/// The error without the password: a server that does not know the first command of a connection repeats its arguments.
fn without_credentials(client: &Client, error: RedisError) -> RedisError {
    let text = error.to_string();
    let password = client.get_connection_info().redis_settings().password();
    if password.is_some_and(|password| text.contains(password) || text.contains(REPEATED_ARGUMENTS)) {
        let description =
            "the server has refused the connection; its words are not shown, as they may hold the password";
        return (error.kind(), description).into();
    }
    error
}

/// Measures a command. An error reply counts as a failure, and the caller still gets it as a reply.
async fn measured<T: Reply>(command: Command, reply: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
    match measured_result(command, reply).await {
        Ok(reply) | Err(CommandFailure::ErrorReply(reply)) => Ok(reply),
        Err(CommandFailure::Error(error)) => Err(error),
    }
}

#[timed(crate = crate, histogram = COMMAND_SECONDS, labels(command = command))]
#[counted(crate = crate, counter = ERRORS, on = failure, labels(kind = |result| kind_of(result)))]
async fn measured_result<T: Reply>(
    command: Command,
    reply: impl Future<Output = RedisResult<T>>,
) -> Result<T, CommandFailure<T>> {
    let _ = command;
    match reply.await {
        Ok(reply) if reply.has_error() => Err(CommandFailure::ErrorReply(reply)),
        Ok(reply) => Ok(reply),
        Err(error) => Err(CommandFailure::Error(error)),
    }
}

/// How a command has failed.
enum CommandFailure<T> {
    Error(RedisError),
    /// Redis' error reply: the caller gets it as a reply and reads it itself.
    ErrorReply(T),
}

/// The label `kind` of a result. It is recorded for failures only, so a success may have any value.
fn kind_of<T>(result: &Result<T, CommandFailure<T>>) -> ErrorKind {
    match result {
        Err(CommandFailure::Error(error)) => ErrorKind::of(error),
        Err(CommandFailure::ErrorReply(_)) => ErrorKind::Response,
        Ok(_) => ErrorKind::Other,
    }
}

/// What Redis replies to a command, a pipeline, or an attempt to connect.
trait Reply {
    /// Whether it is an error reply, or has one for a command of the pipeline.
    fn has_error(&self) -> bool;
}

impl Reply for Value {
    fn has_error(&self) -> bool {
        matches!(self, Self::ServerError(_))
    }
}

impl Reply for Vec<Value> {
    fn has_error(&self) -> bool {
        self.iter().any(Reply::has_error)
    }
}

impl Reply for MultiplexedConnection {
    fn has_error(&self) -> bool {
        false
    }
}
