//! The parts for Redis, with a real Redis.

#![allow(clippy::float_cmp, reason = "counts are whole numbers")]

#[path = "redis/instrumented.rs"]
mod instrumented;
#[path = "redis/reconnecting_connection.rs"]
mod reconnecting_connection;
#[path = "redis/queue_sampler.rs"]
mod queue_sampler;
#[path = "redis/secrets.rs"]
mod secrets;
#[path = "redis/service_url.rs"]
mod service_url;
#[path = "redis/tls.rs"]
mod tls;
#[path = "redis/useless_connections.rs"]
mod useless_connections;

use std::time::Duration;

use metrics_runtime::testing::Snapshot;
use system_tests::{RedisServer, SAFETY_LIMIT};
use tokio::time::{sleep, timeout};

/// How often a command was measured.
fn commands(seen: &Snapshot, command: &str) -> usize {
    seen.observations("redis_command_seconds", &[("command", command)]).len()
}

/// How many commands have failed, by the kind of their error: `timeout`, `connection`, `response`, `other`.
fn errors(seen: &Snapshot) -> [u64; 4] {
    ["timeout", "connection", "response", "other"].map(|kind| seen.counter("redis_errors_total", &[("kind", kind)]))
}

/// A client of the server.
fn client(server: &RedisServer) -> redis::Client {
    redis::Client::open(server.url()).expect("the address is valid")
}

/// Asks again and again until there is an answer.
async fn until<T>(what: &str, ask: impl AsyncFn() -> Option<T>) -> T {
    let answer = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(SAFETY_LIMIT, answer).await.unwrap_or_else(|_| panic!("waited {SAFETY_LIMIT:?} for this: {what}"))
}

/// How often Redis has run each of these commands, all at one moment.
fn calls<const N: usize>(server: &RedisServer, commands: [&str; N]) -> [u64; N] {
    let stats: String = server.command(&["INFO", "commandstats"]);
    commands.map(|command| {
        let line = stats.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
        line.and_then(|rest| rest.split(',').next()).map_or(0, |calls| calls.parse().expect("it is a number"))
    })
}
