//! The key in Redis, and its renewal.

use std::convert::Infallible;
use std::time::Duration;

use metrics_runtime::redis::{ReconnectingConnection, redact_address};
use redis::{Client, RedisResult};
use tokio::time::{sleep, timeout};

use crate::settings::AddressSetting;

/// The longest that Redis, or the server, may take to answer.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How long to wait before a failed request is tried again.
const PAUSE: Duration = Duration::from_millis(500);

/// Renews the address where the key is ours or does not exist: a later registration is not changed.
const RENEW: &str = "\
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return held end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false";

/// Removes the address where the key is ours.
const REMOVE: &str = "\
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0";

/// The address of one server at one key.
pub(crate) struct Registration {
    connection: ReconnectingConnection,
    key: String,
    url: AddressSetting,
    ttl: Duration,
}

impl Registration {
    pub(crate) fn new(client: Client, key: String, url: AddressSetting, ttl: Duration) -> Self {
        Self { connection: ReconnectingConnection::new(client, TIMEOUT), key, url, ttl }
    }

    /// Writes the address and renews it; with `wait_for_server`, once the server answers. While Redis is down it tries
    /// again: workers that know the address already can still use the server.
    pub(crate) async fn keep(&self, wait_for_server: bool) -> Infallible {
        if wait_for_server {
            self.wait_for_server().await;
        }
        // The newest registration overwrites an older one.
        while let Err(error) =
            self.run::<()>(redis::cmd("SET").arg(&self.key).arg(self.url.as_str()).arg("PX").arg(self.ttl())).await
        {
            self.log_error(&error);
            sleep(PAUSE).await;
        }
        eprintln!("registered `{}` at the key `{}`", self.url, self.key);
        let mut is_ours = true;
        loop {
            sleep(self.ttl / 3).await;
            let held =
                redis::cmd("EVAL").arg(RENEW).arg(1).arg(&self.key).arg(self.url.as_str()).arg(self.ttl()).to_owned();
            match self.run::<Option<String>>(&held).await {
                Ok(None) => is_ours = true,
                Ok(Some(other)) => {
                    if is_ours {
                        let other = redact_address(&other);
                        eprintln!("the key `{}` holds `{other}` now, and is not changed", self.key);
                    }
                    is_ours = false;
                }
                Err(error) => self.log_error(&error),
            }
        }
    }

    /// Removes the address, if the key is still ours.
    pub(crate) async fn remove(&self) {
        let removed = redis::cmd("EVAL").arg(REMOVE).arg(1).arg(&self.key).arg(self.url.as_str()).to_owned();
        match timeout(TIMEOUT * 2, self.run::<u32>(&removed)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => self.log_error(&error),
            Err(_) => eprintln!("the key `{}` could not be removed in time; it expires by itself", self.key),
        }
    }

    async fn wait_for_server(&self) {
        let http = reqwest::Client::new();
        // Any answer shows that the server runs.
        while http
            .get(self.url.as_str())
            .timeout(TIMEOUT)
            .send()
            .await
            .is_err_and(|error| error.is_connect() || error.is_timeout())
        {
            sleep(PAUSE).await;
        }
    }

    fn ttl(&self) -> u64 {
        u64::try_from(self.ttl.as_millis()).unwrap_or(u64::MAX)
    }

    fn log_error(&self, error: &redis::RedisError) {
        eprintln!("the key `{}` could not be written: {error}", self.key);
    }

    async fn run<T: redis::FromRedisValue>(&self, command: &redis::Cmd) -> RedisResult<T> {
        self.connection.query(command).await
    }
}
