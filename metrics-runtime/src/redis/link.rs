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

    /// The connection. It is not kept: whoever has got an answer over it puts it [back](Self::keep), so that none is used
    /// again that has failed, or that somebody stopped waiting for.
    pub(super) async fn take(&mut self) -> RedisResult<Instrumented<MultiplexedConnection>> {
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => connect(&self.client, LIMIT).await,
        }
    }

    pub(super) fn keep(&mut self, connection: Instrumented<MultiplexedConnection>) {
        self.connection = Some(connection);
    }
}
