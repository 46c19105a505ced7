//! A connection whose commands are measured.

use std::time::Duration;

use metrics_macros::{counted, declare_metrics, timed};
use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::{AsyncConnectionConfig, Client, Cmd, Pipeline, RedisError, RedisFuture, RedisResult, Value};

use super::{Command, ErrorKind};

declare_metrics! {
    crate = crate;

    /// Time spent on a command to Redis, until its answer.
    histogram COMMAND_SECONDS = "redis_command_seconds", labels(command: Command),
        buckets(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5);
    /// Commands to Redis that have failed.
    counter ERRORS = "redis_errors_total", labels(kind: ErrorKind);
}

/// An asynchronous connection to Redis, measured: wraps a multiplexed connection, a `ConnectionManager`, or whatever else
/// is [`ConnectionLike`], and is used in its place.
///
/// | metric | |
/// | --- | --- |
/// | `redis_command_seconds{command}` | from the request to its answer, however it ends; a command that waits, such as `BLPOP`, takes as long as it waits |
/// | `redis_errors_total{kind}` | `timeout`, `connection`, `response`, `other` |
///
/// A pipeline counts once, as the command `pipeline`. A command that is dropped before its answer is measured up to there,
/// and counted as an error of the kind `other`.
///
/// It comes back after an outage where the connection in it does, as a `ConnectionManager` does, whose attempts are not
/// measured, and a multiplexed connection does not. [`connect`](super::connect) gives one that does, with its attempts
/// measured.
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
    /// Measures a connection from now on.
    pub const fn new(connection: C) -> Self {
        Self(connection)
    }

    /// The connection, no longer measured.
    pub fn into_inner(self) -> C {
        self.0
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
        Box::pin(measured(Command::PIPELINE.used(), self.0.req_packed_commands(pipeline, offset, count)))
    }

    fn get_db(&self) -> i64 {
        self.0.get_db()
    }
}

/// Connects once, and measures that too, as the command `connect`.
pub(super) async fn connect_once(client: &Client, limit: Duration) -> RedisResult<Instrumented<MultiplexedConnection>> {
    let config = AsyncConnectionConfig::new().set_connection_timeout(Some(limit)).set_response_timeout(Some(limit));
    let connection = client.get_multiplexed_async_connection_with_config(&config);
    measured(Command::CONNECT.used(), connection).await.map(Instrumented::new)
}

/// Measures a command, whatever it answers.
async fn measured<T: Answer>(command: Command, answer: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
    match measured_result(command, answer).await {
        Ok(answer) | Err(Failed::Refused(answer)) => Ok(answer),
        Err(Failed::Error(error)) => Err(error),
    }
}

#[timed(crate = crate, histogram = COMMAND_SECONDS, labels(command = command))]
#[counted(crate = crate, counter = ERRORS, on = failure, labels(kind = |result| kind_of(result)))]
async fn measured_result<T: Answer>(
    command: Command,
    answer: impl Future<Output = RedisResult<T>>,
) -> Result<T, Failed<T>> {
    let _ = command;
    match answer.await {
        Ok(answer) if answer.is_refusal() => Err(Failed::Refused(answer)),
        Ok(answer) => Ok(answer),
        Err(error) => Err(Failed::Error(error)),
    }
}

/// How a command has failed.
enum Failed<T> {
    Error(RedisError),
    /// Redis' refusal, which the caller gets as an answer and reads itself.
    Refused(T),
}

/// What is no failure is not counted.
fn kind_of<T>(result: &Result<T, Failed<T>>) -> ErrorKind {
    match result {
        Err(Failed::Error(error)) => ErrorKind::of(error),
        Err(Failed::Refused(_)) => ErrorKind::Response,
        Ok(_) => ErrorKind::Other,
    }
}

/// What Redis answers.
trait Answer {
    /// Whether it refuses the command, or one of a pipeline.
    fn is_refusal(&self) -> bool;
}

impl Answer for Value {
    fn is_refusal(&self) -> bool {
        matches!(self, Self::ServerError(_))
    }
}

impl Answer for Vec<Value> {
    fn is_refusal(&self) -> bool {
        self.iter().any(Answer::is_refusal)
    }
}

impl Answer for MultiplexedConnection {
    fn is_refusal(&self) -> bool {
        false
    }
}
