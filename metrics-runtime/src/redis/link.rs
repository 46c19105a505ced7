//! The way to Redis that a part of this module has for itself.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Client, RedisResult};

use super::{Instrumented, connect};

/// How long Redis may take to answer.
const LIMIT: Duration = Duration::from_secs(2);

/// A connection that is made when it is needed, and anew once it has failed.
#[derive(Debug)]
pub(super) struct Link {
    client: Client,
    connection: Option<Instrumented<MultiplexedConnection>>,
}

impl Link {
    pub(super) const fn new(client: Client) -> Self {
        Self { client, connection: None }
    }

    /// Does something with the connection.
    pub(super) async fn run<T>(
        &mut self,
        ask: impl AsyncFnOnce(&mut Instrumented<MultiplexedConnection>) -> RedisResult<T>,
    ) -> RedisResult<T> {
        // Taken, so that a connection that somebody stopped waiting for is not used again.
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect(&self.client, LIMIT).await?,
        };
        let answer = ask(&mut connection).await?;
        self.connection = Some(connection);
        Ok(answer)
    }
}
