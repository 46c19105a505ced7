//! The key, for as long as it is ours.

use std::convert::Infallible;
use std::time::Duration;

use metrics_runtime::redis::ReconnectingConnection;
use redis::{Client, RedisResult};
use tokio::time::{sleep, timeout};

/// How long Redis, or the server, may take to answer.
const LIMIT: Duration = Duration::from_secs(2);
/// How long to wait before something that has failed is tried again.
const PAUSE: Duration = Duration::from_millis(500);

/// Renews the address where it is ours, or nobody's: who has registered later is left alone.
const RENEW: &str = "\
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return held end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false";

/// Removes the address where it is ours.
const REMOVE: &str = "\
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0";

/// One server's address at one key.
pub struct Registration {
    link: ReconnectingConnection,
    key: String,
    url: String,
    ttl: Duration,
}

impl Registration {
    pub fn new(client: Client, key: String, url: String, ttl: Duration) -> Self {
        Self { link: ReconnectingConnection::new(client, LIMIT), key, url, ttl }
    }

    /// Writes the address, once the server answers where that is asked for, and renews it. While Redis is down it is
    /// tried again and again: the server is of use to who knows its address already.
    pub async fn keep(&self, when_it_answers: bool) -> Infallible {
        if when_it_answers {
            self.wait_for_server().await;
        }
        // The newest registration holds, whoever had the key before.
        while let Err(error) =
            self.ask::<()>(redis::cmd("SET").arg(&self.key).arg(&self.url).arg("PX").arg(self.ttl())).await
        {
            self.complain(&error);
            sleep(PAUSE).await;
        }
        eprintln!("registered `{}` at the key `{}`", self.url, self.key);
        let mut is_ours = true;
        loop {
            sleep(self.ttl / 3).await;
            let held = redis::cmd("EVAL").arg(RENEW).arg(1).arg(&self.key).arg(&self.url).arg(self.ttl()).to_owned();
            match self.ask::<Option<String>>(&held).await {
                Ok(None) => is_ours = true,
                Ok(Some(other)) => {
                    if is_ours {
                        eprintln!("the key `{}` holds `{other}` now, and is left alone", self.key);
                    }
                    is_ours = false;
                }
                Err(error) => self.complain(&error),
            }
        }
    }

    /// Removes the address, if it is still ours.
    pub async fn remove(&self) {
        let removed = redis::cmd("EVAL").arg(REMOVE).arg(1).arg(&self.key).arg(&self.url).to_owned();
        match timeout(LIMIT * 2, self.ask::<u32>(&removed)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => self.complain(&error),
            Err(_) => eprintln!("the key `{}` could not be removed in time; it runs out by itself", self.key),
        }
    }

    async fn wait_for_server(&self) {
        let http = reqwest::Client::new();
        // Whatever it answers, it is there.
        while http
            .get(&self.url)
            .timeout(LIMIT)
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

    fn complain(&self, error: &redis::RedisError) {
        eprintln!("the key `{}` could not be written: {error}", self.key);
    }

    async fn ask<T: redis::FromRedisValue>(&self, command: &redis::Cmd) -> RedisResult<T> {
        self.link.query(command).await
    }
}
