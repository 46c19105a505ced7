//! The gauges of sampled queues, while Redis is up and while it is down.

use std::time::{Duration, SystemTime};

use metrics_runtime::redis::{SampledQueue, sample_queues};
use metrics_runtime::testing::Capture;
use system_tests::RedisServer;

use super::{client, server_calls, wait_for};

const INTERVAL: Duration = Duration::from_millis(200);

/// A job consists of the milliseconds from 1970 to when it was enqueued.
fn enqueued_at(job: &[u8]) -> Option<SystemTime> {
    let milliseconds = std::str::from_utf8(job).ok()?.parse().ok()?;
    Some(SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds))
}

fn job_enqueued_ago(age: Duration) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("it is later than 1970");
    now.saturating_sub(age).as_millis().to_string()
}

/// The value of a series, once it has one.
fn gauge(capture: &Capture, name: &str, queue: &str) -> Option<f64> {
    let series = format!("{name}{{queue=\"{queue}\"}} ");
    let text = capture.snapshot().to_string();
    let line = text.lines().find_map(|line| line.strip_prefix(&series))?.to_owned();
    line.parse().ok()
}

#[tokio::test]
async fn the_gauges_follow_the_lists_and_are_withdrawn_while_redis_is_down() {
    let mut server = RedisServer::start();
    let queues = [
        SampledQueue::new("sampled", "s").processing("s:processing").dead_letter("s:dead"),
        SampledQueue::new("broken", "b"),
        SampledQueue::new("silent", "t"),
    ];
    let capture = Capture::new();
    let sampler = sample_queues(client(&server), queues).interval(INTERVAL).enqueued_at(enqueued_at);
    let task = tokio::spawn(capture.wrap(sampler.run()));

    for job in [job_enqueued_ago(Duration::from_secs(100)), job_enqueued_ago(Duration::from_secs(50))] {
        let _: u64 = server.command(&["RPUSH", "s", &job]);
    }
    let _: u64 = server.command(&["RPUSH", "s:processing", &job_enqueued_ago(Duration::from_secs(300))]);
    let _: u64 = server.command(&["RPUSH", "t", "a job without a time"]);
    let _: () = server.command(&["SET", "b", "not a list"]);
    wait_for("sample of two jobs", async || gauge(&capture, "queue_depth", "sampled").filter(|depth| *depth == 2.0))
        .await;
    let oldest = wait_for("age", async || gauge(&capture, "queue_oldest_job_age_seconds", "sampled")).await;
    assert!((100.0..160.0).contains(&oldest), "{oldest}");
    wait_for("processing", async || gauge(&capture, "queue_processing_depth", "sampled").filter(|jobs| *jobs == 1.0))
        .await;
    let processing = gauge(&capture, "queue_processing_oldest_job_age_seconds", "sampled");
    assert!(processing.is_some_and(|age| (300.0..360.0).contains(&age)), "{processing:?}");
    assert_eq!(gauge(&capture, "queue_dead_letter_depth", "sampled"), Some(0.0));
    assert_eq!(gauge(&capture, "queue_dead_letter_oldest_job_age_seconds", "sampled"), Some(0.0));
    wait_for("silent job", async || gauge(&capture, "queue_depth", "silent").filter(|depth| *depth == 1.0)).await;
    assert!(gauge(&capture, "queue_oldest_job_age_seconds", "silent").is_some_and(f64::is_nan));
    // A key that does not hold a list is a failure of its own queue only.
    let failures = |queue: &str| {
        let seen = capture.snapshot();
        seen.counter("queue_sample_failures_total", &[("queue", queue)])
    };
    wait_for("failures", async || (failures("broken") >= 2).then_some(())).await;
    assert_eq!(failures("sampled"), 0);
    assert_eq!(gauge(&capture, "queue_depth", "broken"), None);

    server.stop();
    wait_for("NaN", async || gauge(&capture, "queue_depth", "sampled").filter(|depth| depth.is_nan())).await;
    assert!(gauge(&capture, "queue_oldest_job_age_seconds", "sampled").is_some_and(f64::is_nan));
    assert!(failures("sampled") > 0);
    let age = gauge(&capture, "queue_sample_age_seconds", "sampled").expect("it is shown");
    assert!(age >= 3.0 * INTERVAL.as_secs_f64(), "{age}");
    wait_for("older sample", async || {
        gauge(&capture, "queue_sample_age_seconds", "sampled").filter(|later| *later > age + 0.5)
    })
    .await;

    server.restart();
    wait_for("recovery", async || gauge(&capture, "queue_depth", "sampled").filter(|depth| *depth == 0.0)).await;
    wait_for("young sample", async || gauge(&capture, "queue_sample_age_seconds", "sampled").filter(|age| *age < 1.0))
        .await;
    task.abort();
}

#[tokio::test]
async fn the_failure_counters_are_zero_before_the_first_failure() {
    let server = RedisServer::start();
    let capture = Capture::new();
    let queues = [SampledQueue::new("calm", "c"), SampledQueue::new("quiet", "q")];
    let _sampler = capture.run(|| sample_queues(client(&server), queues));
    for queue in ["calm", "quiet"] {
        assert_eq!(gauge(&capture, "queue_sample_failures_total", queue), Some(0.0));
    }
}

#[tokio::test]
async fn a_sample_sends_two_commands_for_each_list_however_long_it_is() {
    let server = RedisServer::start();
    let jobs: Vec<String> = (0..10_000).map(|job| job.to_string()).collect();
    let mut command = vec!["RPUSH", "long"];
    command.extend(jobs.iter().map(String::as_str));
    let _: u64 = server.command(&command);
    let capture = Capture::new();
    let sampler = sample_queues(client(&server), [SampledQueue::new("long", "long"), SampledQueue::new("empty", "e")])
        .interval(INTERVAL)
        .enqueued_at(enqueued_at);
    let task = tokio::spawn(capture.wrap(sampler.run()));
    wait_for("third sample", async || (server_calls(&server, "llen") >= 6).then_some(())).await;
    task.abort();
    let _ = task.await;
    assert_eq!(gauge(&capture, "queue_depth", "long"), Some(10_000.0));
    assert_eq!(server_calls(&server, "llen"), server_calls(&server, "lindex"));
    // One round trip for both queues.
    let seen = capture.snapshot();
    let round_trips = seen.observations("redis_command_seconds", &[("command", "pipeline")]).len() as u64;
    assert!(
        (round_trips * 2..=round_trips * 2 + 2).contains(&server_calls(&server, "llen")),
        "{round_trips} round trips: {seen}"
    );
    assert_eq!(server_calls(&server, "lrange"), 0);
}
