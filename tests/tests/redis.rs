//! `metrics_runtime::redis` with a real Redis server.

#![allow(clippy::float_cmp, reason = "counts are whole numbers")]

#[path = "redis/instrumented.rs"]
mod instrumented;
#[path = "redis/queue_sampler.rs"]
mod queue_sampler;
#[path = "redis/reconnecting_connection.rs"]
mod reconnecting_connection;
#[path = "redis/service_url.rs"]
mod service_url;

use std::time::Duration;

use metrics_runtime::testing::Snapshot;
use system_tests::RedisServer;

/// The timeout of connections that are not meant to time out.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How often a command was measured.
fn command_count(seen: &Snapshot, command: &str) -> usize {
    seen.observations("redis_command_seconds", &[("command", command)]).len()
}

/// How many errors of each kind were counted: timeout, connection, response, other.
fn error_counts(seen: &Snapshot) -> [u64; 4] {
    ["timeout", "connection", "response", "other"].map(|kind| seen.counter("redis_errors_total", &[("kind", kind)]))
}

/// A client of the server.
fn client(server: &RedisServer) -> redis::Client {
    redis::Client::open(server.url()).expect("the address is valid")
}

/// Polls until there is a value.
async fn wait_for<T>(what: &str, poll: impl AsyncFn() -> Option<T>) -> T {
    let value = async {
        loop {
            if let Some(value) = poll().await {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), value).await.unwrap_or_else(|_| panic!("there was no {what}"))
}

/// How often the server has run a command.
fn server_calls(server: &RedisServer, command: &str) -> u64 {
    let stats: String = server.command(&["INFO", "commandstats"]);
    let line = stats.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
    line.and_then(|rest| rest.split(',').next()).map_or(0, |calls| calls.parse().expect("it is a number"))
}
