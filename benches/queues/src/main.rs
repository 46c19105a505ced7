//! The cost of a sample of job queues, by the number of waiting jobs.
//!
//! ```sh
//! cargo run --release --manifest-path benches/Cargo.toml -p queues
//! ```
//!
//! It starts its own `redis-server`. Each sample reads three queues, with their processing and dead-letter lists, in one round
//! trip. The table shows the median of these round trips, and the time that Redis itself spends on each command.

use std::time::{Duration, SystemTime};

use metrics_runtime::redis::{SampledQueue, sample_queues};
use metrics_runtime::testing::Capture;
use system_tests::RedisServer;

const LENGTHS: [usize; 4] = [10, 1_000, 10_000, 100_000];
const SAMPLES: usize = 100;
const QUEUES: [&str; 3] = ["high", "default", "low"];

#[tokio::main]
async fn main() {
    println!("| jobs in each list | a sample of 9 lists, milliseconds | `LLEN` in Redis, µs | `LINDEX` in Redis, µs |");
    println!("| --- | --- | --- | --- |");
    for length in LENGTHS {
        let server = RedisServer::start();
        for queue in QUEUES {
            for list in ["waiting", "processing", "dead"] {
                fill(&server, &format!("{queue}:{list}"), length);
            }
        }
        let _: () = server.command(&["CONFIG", "RESETSTAT"]);
        let milliseconds = median_round_trip(&server).await;
        let stats: String = server.command(&["INFO", "commandstats"]);
        let [llen, lindex] = ["llen", "lindex"].map(|command| microseconds(&stats, command));
        println!("| {length} | {milliseconds:.2} | {llen} | {lindex} |");
    }
}

/// Pushes jobs of one kilobyte, which begin with the time of enqueuing.
fn fill(server: &RedisServer, key: &str, length: usize) {
    let job = format!("{} {}", enqueued_now(), "x".repeat(1000));
    for first in (0..length).step_by(1000) {
        let mut command = vec!["RPUSH", key];
        command.extend(std::iter::repeat_n(job.as_str(), 1000.min(length - first)));
        let _: u64 = server.command(&command);
    }
}

fn enqueued_now() -> u128 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis()
}

fn enqueued_at(job: &[u8]) -> Option<SystemTime> {
    let text = std::str::from_utf8(job).ok()?.split(' ').next()?;
    Some(SystemTime::UNIX_EPOCH + Duration::from_millis(text.parse().ok()?))
}

/// The median of the round trips, in milliseconds.
async fn median_round_trip(server: &RedisServer) -> f64 {
    let client = redis::Client::open(server.url()).expect("the address is valid");
    let queues = QUEUES.map(|queue| {
        SampledQueue::new(queue, format!("{queue}:waiting"))
            .processing(format!("{queue}:processing"))
            .dead_letter(format!("{queue}:dead"))
    });
    let capture = Capture::new();
    let sampler = sample_queues(client, queues).interval(Duration::from_millis(100)).enqueued_at(enqueued_at);
    let task = tokio::spawn(capture.wrap(sampler.run()));
    let mut round_trips = Vec::new();
    while round_trips.len() < SAMPLES {
        tokio::time::sleep(Duration::from_millis(100)).await;
        round_trips = capture.snapshot().observations("redis_command_seconds", &[("command", "pipeline")]).to_vec();
    }
    task.abort();
    round_trips.sort_by(f64::total_cmp);
    round_trips[round_trips.len() / 2] * 1e3
}

fn microseconds(stats: &str, command: &str) -> String {
    let line = stats.lines().find(|line| line.starts_with(&format!("cmdstat_{command}:")));
    let value = line.and_then(|line| line.split_once("usec_per_call=")?.1.split(',').next());
    value.unwrap_or("?").to_owned()
}
