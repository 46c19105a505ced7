//! What the gauges show of the queues, while Redis answers and while it does not.

use std::time::{Duration, SystemTime};

use metrics_runtime::redis::{SampledQueue, sample_queues};
use metrics_runtime::testing::Capture;
use system_tests::{RedisServer, SAFETY_LIMIT};

use super::{calls, client, until};

/// Three of them without a sample withdraw the values. That can happen on a slow machine, too; then the next sample
/// brings them back, so the tests wait for values.
const INTERVAL: Duration = Duration::from_millis(200);

/// A job is the milliseconds since 1970 at which it was enqueued.
fn enqueued_at(job: &[u8]) -> Option<SystemTime> {
    let milliseconds = std::str::from_utf8(job).ok()?.parse().ok()?;
    Some(SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds))
}

fn ago(age: Duration) -> String {
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

/// Waits until a series has a value that `accept` takes.
async fn wait_for(capture: &Capture, name: &str, queue: &str, accept: impl Fn(f64) -> bool) {
    let what = format!("another {name} of {queue}");
    until(&what, async || gauge(capture, name, queue).filter(|value| accept(*value))).await;
}

/// Whether an age is that of a job which was this old when it was enqueued.
fn is_age(seconds: f64) -> impl Fn(f64) -> bool {
    move |age| (seconds..seconds + SAFETY_LIMIT.as_secs_f64()).contains(&age)
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

    for job in [ago(Duration::from_secs(100)), ago(Duration::from_secs(50))] {
        let _: u64 = server.command(&["RPUSH", "s", &job]);
    }
    let _: u64 = server.command(&["RPUSH", "s:processing", &ago(Duration::from_secs(300))]);
    let _: u64 = server.command(&["RPUSH", "t", "a job without its time"]);
    let _: () = server.command(&["SET", "b", "not a list"]);
    wait_for(&capture, "queue_depth", "sampled", |depth| depth == 2.0).await;
    wait_for(&capture, "queue_oldest_job_age_seconds", "sampled", is_age(100.0)).await;
    wait_for(&capture, "queue_processing_depth", "sampled", |jobs| jobs == 1.0).await;
    wait_for(&capture, "queue_processing_oldest_job_age_seconds", "sampled", is_age(300.0)).await;
    wait_for(&capture, "queue_dead_letter_depth", "sampled", |jobs| jobs == 0.0).await;
    wait_for(&capture, "queue_dead_letter_oldest_job_age_seconds", "sampled", |age| age == 0.0).await;
    wait_for(&capture, "queue_depth", "silent", |depth| depth == 1.0).await;
    assert!(gauge(&capture, "queue_oldest_job_age_seconds", "silent").is_some_and(f64::is_nan));
    // A key that does not hold a list is a failure of its own queue alone.
    let failures = |queue: &str| {
        let seen = capture.snapshot();
        seen.counter("queue_sample_failures_total", &[("queue", queue)])
    };
    until("failures", async || (failures("broken") >= 2).then_some(())).await;
    assert_eq!(failures("sampled"), 0);
    assert!(gauge(&capture, "queue_depth", "broken").is_none_or(f64::is_nan));

    server.stop();
    until("a failure", async || (failures("sampled") > 0).then_some(())).await;
    wait_for(&capture, "queue_depth", "sampled", f64::is_nan).await;
    assert!(gauge(&capture, "queue_oldest_job_age_seconds", "sampled").is_some_and(f64::is_nan));
    let age = gauge(&capture, "queue_sample_age_seconds", "sampled").expect("it is shown");
    assert!(age >= 3.0 * INTERVAL.as_secs_f64(), "{age}");
    wait_for(&capture, "queue_sample_age_seconds", "sampled", |later| later > age + 0.5).await;

    server.restart();
    wait_for(&capture, "queue_depth", "sampled", |depth| depth == 0.0).await;
    wait_for(&capture, "queue_sample_age_seconds", "sampled", |young| young < age).await;
    task.abort();
}

#[tokio::test]
async fn the_failure_counter_is_there_before_the_first_failure() {
    let server = RedisServer::start();
    let capture = Capture::new();
    let queues = [SampledQueue::new("calm", "c"), SampledQueue::new("quiet", "q")];
    let _sampler = capture.run(|| sample_queues(client(&server), queues));
    for queue in ["calm", "quiet"] {
        assert_eq!(gauge(&capture, "queue_sample_failures_total", queue), Some(0.0));
    }
}

#[tokio::test]
async fn a_sample_costs_two_commands_for_each_list_however_long_it_is() {
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
    let trips = || capture.snapshot().observations("redis_command_seconds", &[("command", "pipeline")]).len() as u64;
    let depth = || gauge(&capture, "queue_depth", "long");
    until("the third sample", async || (trips() >= 3 && depth() == Some(10_000.0)).then_some(())).await;
    task.abort();
    let _ = task.await;
    let [llen, lindex, lrange] = calls(&server, ["llen", "lindex", "lrange"]);
    assert_eq!((lindex, lrange), (llen, 0));
    // One round trip for both queues; the last may have begun and not ended.
    let trips = trips();
    assert!((trips * 2..=trips * 2 + 2).contains(&llen), "{trips} round trips, {llen} times `LLEN`");
}
