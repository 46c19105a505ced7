//! A connection that comes back.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::{Client, Cmd, FromRedisValue, Pipeline, RedisError, RedisFuture, RedisResult, Value};
use tokio::time::{Instant, sleep_until};

use super::instrumented::connect_once;
use super::{ErrorKind, Instrumented};

/// How long after an attempt to connect that has failed the next one may be; it doubles with each further failure.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Connects, and gives a connection that comes back: a [`Link`] that has its first connection already.
///
/// A connection, or an answer, that takes longer than `limit` is an error: a link for commands that wait needs more than they
/// do, and is best one of its own, as they keep its other commands waiting.
///
/// # Errors
///
/// Where Redis cannot be reached, or does not let the client in. A program that is to wait for it begins with
/// [`Link::new`], and tries again.
pub async fn connect(client: &Client, limit: Duration) -> RedisResult<Link> {
    let link = Link::new(client.clone(), limit);
    link.in_use().await?.give_back(Ok(()))?;
    Ok(link)
}

/// A measured connection that is made when it is needed, and anew once it has failed. Clones share it.
///
/// The command that meets a broken connection fails: whether Redis has run it, nobody knows, so it is not repeated. The next
/// one connects anew. While Redis is down each command fails with the attempt to connect that it has waited for; all that
/// wait at the same time share one. Attempts are a tenth of a second apart, while they fail up to a second, so that many tasks that try
/// again and again are no burden. Each attempt is measured, as the command `connect`.
///
/// A connection whose answer somebody stopped waiting for is not used again either: it may be stuck.
///
/// ```no_run
/// use std::time::Duration;
/// use metrics_runtime::redis::Link;
/// use redis::AsyncCommands;
///
/// # async fn work() -> redis::RedisResult<()> {
/// let client = redis::Client::open("redis://127.0.0.1")?;
/// let mut link = Link::new(client, Duration::from_secs(5));
/// let waiting: u64 = link.llen("jobs").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Link(Arc<Shared>);

struct Shared {
    client: Client,
    limit: Duration,
    known: Mutex<Known>,
    /// One connects at a time.
    connecting: tokio::sync::Mutex<()>,
}

/// What is known of the way to Redis.
#[derive(Default)]
struct Known {
    /// The connection in use.
    connection: Option<Instrumented<MultiplexedConnection>>,
    /// How many were made, which is the number of the one in use.
    made: u64,
    /// How many attempts have failed, and why the last one did, where none has succeeded since.
    failures: u64,
    error: Option<RedisError>,
    /// When the next attempt may be, and how long that was after the last one.
    next: Option<Instant>,
    pause: Duration,
}

impl Link {
    /// A link that is not connected yet; a connection, or an answer, that takes longer than `limit` is an error.
    #[must_use]
    pub fn new(client: Client, limit: Duration) -> Self {
        Self(Arc::new(Shared { client, limit, known: Mutex::default(), connecting: tokio::sync::Mutex::default() }))
    }

    /// Runs a command.
    ///
    /// # Errors
    ///
    /// Where Redis cannot be reached, does not answer in time, or refuses the command.
    pub async fn query<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        command.query_async(&mut self.clone()).await
    }

    /// Runs a pipeline.
    pub(super) async fn query_pipeline<T: FromRedisValue>(&self, pipeline: &Pipeline) -> RedisResult<T> {
        pipeline.query_async(&mut self.clone()).await
    }

    /// The connection, for one request.
    async fn in_use(&self) -> RedisResult<InUse<'_>> {
        let failures = match self.connected() {
            Ok(connection) => return Ok(connection),
            Err(failures) => failures,
        };
        let _connecting = self.0.connecting.lock().await;
        if let Ok(connection) = self.connected() {
            return Ok(connection);
        }
        // Not in the condition: the lock would be held while it waits.
        let next = self.0.known().next_attempt(failures)?;
        if let Some(next) = next {
            sleep_until(next).await;
        }
        // Before it, as whoever wants it may stop waiting for it.
        self.0.known().begin_attempt();
        let made = connect_once(&self.0.client, self.0.limit).await;
        let mut known = self.0.known();
        match made {
            Ok(connection) => {
                known.made += 1;
                known.error = None;
                known.pause = Duration::ZERO;
                known.connection = Some(connection.clone());
                Ok(InUse { shared: &self.0, number: known.made, connection, is_answered: false })
            }
            Err(error) => {
                known.failures += 1;
                known.error = Some(error.clone());
                Err(error)
            }
        }
    }

    /// The connection, or how many attempts to make one have failed so far.
    fn connected(&self) -> Result<InUse<'_>, u64> {
        let known = self.0.known();
        match &known.connection {
            Some(connection) => {
                Ok(InUse { shared: &self.0, number: known.made, connection: connection.clone(), is_answered: false })
            }
            None => Err(known.failures),
        }
    }
}

impl Known {
    /// When the next attempt may be; the error of the last one, where it has failed since there were so many failures.
    fn next_attempt(&self, failures: u64) -> RedisResult<Option<Instant>> {
        match &self.error {
            // Who waited for the lock has waited for that attempt.
            Some(error) if self.failures != failures => Err(error.clone()),
            _ => Ok(self.next),
        }
    }

    fn begin_attempt(&mut self) {
        self.pause = (self.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
        self.next = Some(Instant::now() + self.pause);
    }
}

impl Shared {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConnectionLike for Link {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move {
            let mut used = self.in_use().await?;
            let answer = used.connection.req_packed_command(cmd).await;
            used.give_back(answer)
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async move {
            let mut used = self.in_use().await?;
            let answers = used.connection.req_packed_commands(pipeline, offset, count).await;
            used.give_back(answers)
        })
    }

    fn get_db(&self) -> i64 {
        self.0.client.get_connection_info().redis_settings().db()
    }
}

/// The connection, while one request uses it. Unless it is given back with an answer no further request uses it; those
/// that do already get their answers, if there are any.
struct InUse<'a> {
    shared: &'a Shared,
    number: u64,
    connection: Instrumented<MultiplexedConnection>,
    is_answered: bool,
}

impl InUse<'_> {
    /// A refusal is an answer, too: of a transaction it comes as an error.
    fn give_back<T>(mut self, answer: RedisResult<T>) -> RedisResult<T> {
        self.is_answered = answer.as_ref().err().is_none_or(|error| ErrorKind::of(error) == ErrorKind::Response);
        answer
    }
}

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        let mut known = self.shared.known();
        if !self.is_answered && known.made == self.number {
            known.connection = None;
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_connected = self.0.known().connection.is_some();
        f.debug_struct("Link")
            .field("limit", &self.0.limit)
            .field("is_connected", &is_connected)
            .finish_non_exhaustive()
    }
}
