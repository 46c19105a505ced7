//! A connection that comes back.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Client, Cmd, FromRedisValue, Pipeline, RedisResult};

use super::{Instrumented, connect};

/// A measured connection that is made when it is needed, and anew once it has failed.
///
/// ```no_run
/// use std::time::Duration;
/// use metrics_runtime::redis::Link;
///
/// # async fn work() -> redis::RedisResult<()> {
/// let client = redis::Client::open("redis://127.0.0.1")?;
/// let mut link = Link::new(client, Duration::from_secs(5));
/// let waiting: u64 = link.query(redis::cmd("LLEN").arg("jobs")).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Link {
    client: Client,
    limit: Duration,
    connection: Option<Instrumented<MultiplexedConnection>>,
}

impl Link {
    /// A link that is not connected yet; a connection, or an answer, that takes longer than `limit` is an error.
    #[must_use]
    pub const fn new(client: Client, limit: Duration) -> Self {
        Self { client, limit, connection: None }
    }

    /// Runs a command.
    ///
    /// # Errors
    ///
    /// Where Redis cannot be reached, does not answer in time, or refuses the command.
    pub async fn query<T: FromRedisValue>(&mut self, command: &Cmd) -> RedisResult<T> {
        let mut connection = self.take().await?;
        let answer = command.query_async(&mut connection).await?;
        self.connection = Some(connection);
        Ok(answer)
    }

    /// Runs a pipeline.
    pub(super) async fn query_pipeline<T: FromRedisValue>(&mut self, pipeline: &Pipeline) -> RedisResult<T> {
        let mut connection = self.take().await?;
        let answer = pipeline.query_async(&mut connection).await?;
        self.connection = Some(connection);
        Ok(answer)
    }

    /// The connection. It is put back with an answer, so that none is used again that has failed, or that somebody stopped
    /// waiting for.
    async fn take(&mut self) -> RedisResult<Instrumented<MultiplexedConnection>> {
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => connect(&self.client, self.limit).await,
        }
    }
}
