//! The parts for Redis, on a real one.

#![allow(clippy::float_cmp, reason = "counts are whole numbers")]

#[path = "redis/instrumented.rs"]
mod instrumented;
#[path = "redis/link.rs"]
mod link;
#[path = "redis/sampler.rs"]
mod sampler;
#[path = "redis/service_url.rs"]
mod service_url;

use std::time::Duration;

use metrics_runtime::testing::Snapshot;
use system_tests::RedisServer;

/// How long Redis may take to answer.
const LIMIT: Duration = Duration::from_secs(5);

/// How often a command was measured.
fn commands(seen: &Snapshot, command: &str) -> usize {
    seen.observations("redis_command_seconds", &[("command", command)]).len()
}

/// How many have failed: in time, by the connection, by Redis' word, otherwise.
fn errors(seen: &Snapshot) -> [u64; 4] {
    ["timeout", "connection", "response", "other"].map(|kind| seen.counter("redis_errors_total", &[("kind", kind)]))
}

/// A client of the server's.
fn client(server: &RedisServer) -> redis::Client {
    redis::Client::open(server.url()).expect("the address is valid")
}

/// Looks until there is something to see.
async fn until<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let seen = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), seen).await.unwrap_or_else(|_| panic!("there was no {what}"))
}

/// How often Redis has run a command.
fn calls(server: &RedisServer, command: &str) -> u64 {
    let stats: String = server.command(&["INFO", "commandstats"]);
    let line = stats.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
    line.and_then(|rest| rest.split(',').next()).map_or(0, |calls| calls.parse().expect("it is a number"))
}
