//! The queue that many workers share: a Redis list.

use std::time::Duration;

use metrics_runtime::counted;
use redis::aio::MultiplexedConnection;
use redis::{AsyncCommands, AsyncConnectionConfig, Client, RedisError};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::QueueError;

/// The list that the jobs are in.
const LIST: &str = "video_orchestrator:queue";
/// How long Redis may take to answer, beyond the time that it was told to wait.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// Jobs in Redis.
#[derive(Debug)]
pub struct Redis {
    url: String,
    client: Client,
    /// For commands that are answered at once.
    commands: Mutex<Option<MultiplexedConnection>>,
    /// For the command that waits. It holds its connection up, so it has one of its own.
    waiting: Mutex<Option<MultiplexedConnection>>,
}

impl Redis {
    /// The queue at this address; it is connected to when it is used.
    pub fn new(url: &str) -> Result<Self, QueueError> {
        let shown = without_password(url);
        match Client::open(url) {
            Ok(client) => Ok(Self { url: shown, client, commands: Mutex::default(), waiting: Mutex::default() }),
            Err(source) => Err(QueueError::Redis { url: shown, source }),
        }
    }

    /// Appends to the list.
    pub async fn push(&self, job: &str) -> Result<(), QueueError> {
        self.run(&self.commands, Duration::ZERO, async |connection| connection.rpush(LIST, job).await).await
    }

    /// Takes the list's first element; waits for one to come.
    pub async fn pop(&self, patience: Duration) -> Result<Option<String>, QueueError> {
        let answer: Option<(String, String)> = self
            .run(&self.waiting, patience, async |connection| connection.blpop(LIST, patience.as_secs_f64()).await)
            .await?;
        Ok(answer.map(|(_, job)| job))
    }

    /// The length of the list.
    pub async fn len(&self) -> Result<u64, QueueError> {
        self.run(&self.commands, Duration::ZERO, async |connection| connection.llen(LIST).await).await
    }

    /// Runs a command on a connection, which is made where there is none, and dropped where it has failed.
    #[counted(counter = "redis_errors_total", on = failure, description = "Redis commands that have failed.")]
    async fn run<T>(
        &self,
        slot: &Mutex<Option<MultiplexedConnection>>,
        patience: Duration,
        command: impl AsyncFnOnce(&mut MultiplexedConnection) -> Result<T, RedisError>,
    ) -> Result<T, QueueError> {
        let limit = patience + ANSWER_LIMIT;
        let mut slot = slot.lock().await;
        let answer = timeout(limit, async {
            let mut connection = match slot.take() {
                Some(connection) => connection,
                None => self.connect().await?,
            };
            let answer = command(&mut connection).await?;
            *slot = Some(connection);
            Ok(answer)
        });
        match answer.await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(source)) => Err(QueueError::Redis { url: self.url.clone(), source }),
            Err(_) => Err(QueueError::Timeout { url: self.url.clone(), limit }),
        }
    }

    async fn connect(&self) -> Result<MultiplexedConnection, RedisError> {
        // The limit above takes the place of the client's own, which would end a command that waits.
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        self.client.get_multiplexed_async_connection_with_config(&config).await
    }
}

/// What stands in messages: a password must not.
fn without_password(url: &str) -> String {
    match url.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1))) {
        Some((scheme, host)) => format!("{scheme}://…@{host}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(without_password("redis://user:p@ss@db:6379/0"), "redis://…@db:6379/0");
        assert_eq!(without_password("redis://db:6379"), "redis://db:6379");
    }
}
