//! A connection that reconnects.
//!
//! The `ConnectionManager` of `redis` 1.8 would not do. It learns of a closed connection only by a command that fails,
//! except with RESP3. It stays with a server that answers `READONLY`, and with a connection that does not answer. Its
//! attempts to connect cannot be measured.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::{Client, Cmd, FromRedisValue, Pipeline, RedisError, RedisFuture, RedisResult, Value};
use tokio::time::{Instant, sleep_until};

use super::blocking::{may_block, pipeline_may_block};
use super::instrumented::{Instrumented, connect_once};
use super::liveness::{is_answered, is_broken, is_open};
use super::server_refusal::MayRefuse;

/// The timeout of the commands that this module itself sends.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(2);
/// The time from the first attempt to connect to the next one. It doubles with each attempt until one succeeds.
const FIRST_BACKOFF: Duration = Duration::from_millis(100);
const MAX_BACKOFF: Duration = Duration::from_secs(1);
/// After this time without a reply, the server is asked whether the connection is still good: servers and load balancers
/// close idle connections, and a runtime that was not running has not seen it.
const MAX_IDLE: Duration = Duration::from_secs(1);

/// Connects to Redis, and gives a measured connection that reconnects after a failure.
///
/// An attempt to connect, or a reply, that takes longer than `timeout` is an error. A command that blocks, such as
/// `BLPOP`, needs a timeout longer than it blocks. It should have a connection of its own, because the commands behind
/// it on the same connection wait for it.
///
/// # Errors
///
/// If Redis cannot be reached, or rejects the client. A program that should wait for Redis starts with
/// [`ReconnectingConnection::new`] and retries its commands.
///
/// # Panics
///
/// Outside a Tokio runtime with I/O and time enabled.
///
/// ```no_run
/// use std::time::Duration;
/// use metrics_runtime::redis::connect;
/// use redis::AsyncCommands;
///
/// # async fn work() -> redis::RedisResult<()> {
/// let client = redis::Client::open("redis://127.0.0.1")?;
/// let mut connection = connect(&client, Duration::from_secs(5)).await?;
/// let waiting: u64 = connection.llen("jobs").await?;
/// # let _ = waiting;
/// # Ok(())
/// # }
/// ```
pub async fn connect(client: &Client, timeout: Duration) -> RedisResult<ReconnectingConnection> {
    let connection = ReconnectingConnection::new(client.clone(), timeout);
    connection.acquire().await?;
    Ok(connection)
}

/// A measured connection that is made when a command needs it, and made again after it has failed. Clones share it.
///
/// The command during which the connection breaks fails. It is not repeated, because Redis may have run it already. The
/// next command reconnects. While Redis is down, each command waits for an attempt to connect and fails with its error;
/// commands that wait at the same time share one attempt. The backoff between attempts grows from 0.1 s to 1 s, so that
/// many tasks that retry at once do not overload Redis. Each attempt is measured, as the command `connect`.
///
/// A connection that is known to be closed gets no command: one that Redis or a load balancer has closed because it was
/// idle, or whose Tokio runtime has ended. After a second without a reply a `PING`, which is not measured, goes ahead of
/// the command to find out.
///
/// The replies `READONLY`, `LOADING`, `MASTERDOWN` and `NOAUTH` mean that this server cannot do the work, as after a
/// failover. The caller gets the reply, and the next command connects anew.
///
/// A caller that stops waiting for its reply leaves the connection to the others. There are two exceptions. After
/// `timeout` without any reply the connection is replaced, because it is stuck. It is also replaced at once if the command
/// waits on the server, as `BLPOP` does, so that no job goes to a caller that is gone.
///
/// A command panics if it has to connect outside a Tokio runtime with I/O and time enabled.
///
/// ```no_run
/// use std::time::Duration;
/// use metrics_runtime::redis::ReconnectingConnection;
/// use redis::AsyncCommands;
///
/// # async fn work() -> redis::RedisResult<()> {
/// let client = redis::Client::open("redis://127.0.0.1")?;
/// let mut connection = ReconnectingConnection::new(client, Duration::from_secs(5));
/// let waiting: u64 = connection.llen("jobs").await?;
/// # let _ = waiting;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ReconnectingConnection(Arc<Shared>);

struct Shared {
    client: Client,
    timeout: Duration,
    state: Mutex<State>,
    /// Held during an attempt to connect: there is one at a time.
    connecting: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    /// The connection in use.
    connection: Option<Connection>,
    /// How many connections were made so far: the number of the one in use.
    generation: u64,
    /// How many attempts to connect have failed so far.
    failures: u64,
    /// The error of the last attempt, if it failed.
    last_error: Option<RedisError>,
    /// The earliest time of the next attempt, and its distance from the last attempt.
    next_attempt: Option<Instant>,
    backoff: Duration,
}

/// A connection, and when it was last heard of.
struct Connection {
    measured: Instrumented<MultiplexedConnection>,
    /// When the last reply came.
    last_reply: Instant,
    /// When the first request after that began.
    first_unanswered: Option<Instant>,
}

/// What must be found out about a connection before it is used.
#[derive(Clone, Copy)]
enum Check {
    /// Whether it is known to be closed.
    Open,
    /// Whether the server answers.
    Answered,
    /// Nothing: it is stuck.
    Stuck,
}

impl Connection {
    fn new(measured: Instrumented<MultiplexedConnection>) -> Self {
        Self { measured, last_reply: Instant::now(), first_unanswered: None }
    }

    /// Counts a request as begun. Returns what must be found out before it is sent.
    fn begin_request(&mut self, timeout: Duration) -> Check {
        let now = Instant::now();
        let first_unanswered = *self.first_unanswered.get_or_insert(now);
        if now > first_unanswered && now - first_unanswered >= timeout {
            Check::Stuck
        } else if now - self.last_reply >= MAX_IDLE {
            Check::Answered
        } else {
            Check::Open
        }
    }

    fn record_reply(&mut self) {
        self.last_reply = Instant::now();
        self.first_unanswered = None;
    }
}

impl ReconnectingConnection {
    /// A connection that connects with its first command. An attempt to connect, or a reply, that takes longer than
    /// `timeout` is an error.
    #[must_use]
    pub fn new(client: Client, timeout: Duration) -> Self {
        Self(Arc::new(Shared { client, timeout, state: Mutex::default(), connecting: tokio::sync::Mutex::default() }))
    }

    /// A connection for the commands that this module itself sends.
    pub(super) fn with_default_timeout(client: Client) -> Self {
        Self::new(client, DEFAULT_TIMEOUT)
    }

    /// Runs a command, without the `&mut` that [`Cmd::query_async`] needs.
    ///
    /// # Errors
    ///
    /// If Redis cannot be reached, does not reply in time, or refuses the command, or if the reply is not a `T`.
    ///
    /// # Panics
    ///
    /// If it has to connect outside a Tokio runtime with I/O and time enabled.
    ///
    /// ```no_run
    /// # use metrics_runtime::redis::ReconnectingConnection;
    /// # async fn work(connection: &ReconnectingConnection) -> redis::RedisResult<()> {
    /// let kind: String = connection.query(redis::cmd("TYPE").arg("jobs")).await?;
    /// # let _ = kind;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn query<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        command.query_async(&mut self.clone()).await
    }

    /// Runs a pipeline.
    pub(super) async fn query_pipeline<T: FromRedisValue>(&self, pipeline: &Pipeline) -> RedisResult<T> {
        pipeline.query_async(&mut self.clone()).await
    }

    /// The connection, for one request. Connects if there is none that is good.
    async fn acquire(&self) -> RedisResult<ConnectionGuard<'_>> {
        let failures = loop {
            match self.current() {
                Ok((mut guard, check)) => {
                    if guard.pass(check).await {
                        return Ok(guard);
                    }
                }
                Err(failures) => break failures,
            }
        };
        let _connecting = self.0.connecting.lock().await;
        if let Ok((guard, _)) = self.current() {
            // It is as new as the lock.
            return Ok(guard);
        }
        // In a statement of its own: in the condition the lock would be held during the sleep.
        let next_attempt = self.0.state().next_attempt(failures)?;
        if let Some(next_attempt) = next_attempt {
            sleep_until(next_attempt).await;
        }
        // Before the attempt: its caller may stop waiting for it, and the backoff must grow all the same.
        self.0.state().begin_attempt();
        let result = connect_once(&self.0.client, self.0.timeout).await;
        let mut state = self.0.state();
        match result {
            Ok(connection) => {
                state.generation += 1;
                state.last_error = None;
                state.connection = Some(Connection::new(connection.clone()));
                Ok(self.guard(&state, connection))
            }
            Err(error) => {
                state.failures += 1;
                state.last_error = Some(error.clone());
                Err(error)
            }
        }
    }

    /// The connection in use, and how to check it. If there is none: how many attempts to connect have failed so far.
    fn current(&self) -> Result<(ConnectionGuard<'_>, Check), u64> {
        let mut state = self.0.state();
        let Some(connection) = &mut state.connection else { return Err(state.failures) };
        let check = connection.begin_request(self.0.timeout);
        let measured = connection.measured.clone();
        Ok((self.guard(&state, measured), check))
    }

    fn guard(&self, state: &State, connection: Instrumented<MultiplexedConnection>) -> ConnectionGuard<'_> {
        ConnectionGuard { shared: &self.0, generation: state.generation, connection, is_usable: true }
    }
}

impl State {
    /// The earliest time of the next attempt. If an attempt has failed since there were `failures`: its error, because
    /// the caller has waited for that attempt with the lock.
    fn next_attempt(&self, failures: u64) -> RedisResult<Option<Instant>> {
        match &self.last_error {
            Some(error) if self.failures != failures => Err(error.clone()),
            _ => Ok(self.next_attempt),
        }
    }

    fn begin_attempt(&mut self) {
        self.backoff = (self.backoff * 2).clamp(FIRST_BACKOFF, MAX_BACKOFF);
        self.next_attempt = Some(Instant::now() + self.backoff);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConnectionLike for ReconnectingConnection {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move {
            let mut guard = self.acquire().await?;
            guard.is_usable = !may_block(cmd);
            let reply = guard.connection.req_packed_command(cmd).await;
            guard.release(reply)
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async move {
            let mut guard = self.acquire().await?;
            guard.is_usable = !pipeline_may_block(pipeline);
            let replies = guard.connection.req_packed_commands(pipeline, offset, count).await;
            guard.release(replies)
        })
    }

    fn get_db(&self) -> i64 {
        self.0.client.get_connection_info().redis_settings().db()
    }
}

/// The connection, for one request. If it turns out that the connection is of no use, no further request uses it. The
/// requests that already use it still get the replies that arrive.
struct ConnectionGuard<'a> {
    shared: &'a Shared,
    generation: u64,
    connection: Instrumented<MultiplexedConnection>,
    /// Whether further requests may use the connection if this one ends now.
    is_usable: bool,
}

impl ConnectionGuard<'_> {
    /// Whether the connection is good.
    async fn pass(&mut self, check: Check) -> bool {
        self.is_usable = match check {
            Check::Stuck => false,
            Check::Open => is_open(self.connection.inner_mut()).await,
            Check::Answered => {
                let is_answered = is_answered(self.connection.inner_mut()).await;
                if is_answered {
                    self.in_use(|_, connection| connection.record_reply());
                }
                is_answered
            }
        };
        self.is_usable
    }

    /// Ends the request.
    fn release<T>(mut self, reply: RedisResult<T>) -> RedisResult<T>
    where
        RedisResult<T>: MayRefuse,
    {
        let is_broken = reply.as_ref().err().is_some_and(is_broken);
        let is_refusal = reply.is_refusal();
        self.is_usable = !is_broken && !is_refusal;
        if !is_broken {
            self.in_use(|backoff, connection| {
                connection.record_reply();
                if !is_refusal {
                    // Not when the connection is made: a server that refuses all work must not be overloaded.
                    *backoff = Duration::ZERO;
                }
            });
        }
        reply
    }

    /// Changes the connection, and the backoff, unless another connection is in use by now.
    fn in_use(&self, change: impl FnOnce(&mut Duration, &mut Connection)) {
        let state = &mut *self.shared.state();
        if let Some(connection) = state.connection.as_mut().filter(|_| state.generation == self.generation) {
            change(&mut state.backoff, connection);
        }
    }
}

impl Drop for ConnectionGuard<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        if !self.is_usable && state.generation == self.generation {
            state.connection = None;
        }
    }
}

impl fmt::Debug for ReconnectingConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_connected = self.0.state().connection.is_some();
        f.debug_struct("ReconnectingConnection")
            .field("timeout", &self.0.timeout)
            .field("is_connected", &is_connected)
            .finish_non_exhaustive()
    }
}
