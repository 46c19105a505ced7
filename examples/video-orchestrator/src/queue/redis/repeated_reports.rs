//! The report of a job's end is sent again where the answer was lost: it counts once.

use std::time::Duration;

use system_tests::RedisServer;

use super::redis_queue::RedisQueue;
use crate::queue::delivery::{Completion, Delivery, JobFailure, RedisEntry, Verdict};
use crate::queue::lease::Lease;
use crate::queue::priority::Priority;

const MAX_WAIT: Duration = Duration::from_secs(120);
const JOB: &str = r#"{"run_id":"r","job_id":"j","script":"Hello.","workflow":"portrait","image_prompts":["a hill"]}"#;

fn worker(server: &RedisServer, attempts: u32) -> RedisQueue {
    let lease = Lease { time: Duration::from_secs(600), attempts, retry_delay: Duration::from_secs(600) };
    let url = server.url().parse().expect("each text will do");
    RedisQueue::new(&url, lease).expect("the address is valid")
}

async fn take(worker: &RedisQueue) -> (Delivery, RedisEntry) {
    worker.push(JOB, Priority::Default).await.expect("Redis answers");
    let delivery = worker.take(MAX_WAIT).await.expect("Redis answers").expect("there is a job");
    let entry = delivery.entry.clone().expect("the job is from Redis");
    (delivery, entry)
}

fn length(server: &RedisServer, list: &str) -> u64 {
    server.command(&["LLEN", &format!("video_orchestrator:{list}")])
}

#[tokio::test]
async fn a_job_that_is_done_is_recorded_once_and_accepted_both_times() {
    let server = RedisServer::start();
    let worker = worker(&server, 3);
    let (delivery, entry) = take(&worker).await;
    let completion = Completion::now("r/j".to_owned());
    for _ in 0..2 {
        let verdict = worker.complete(&delivery, &entry, &completion).await.expect("Redis answers");
        assert_eq!(verdict, Verdict::Accepted);
    }
    assert_eq!(length(&server, "completed"), 1);
}

#[tokio::test]
async fn a_job_that_has_failed_waits_or_becomes_a_dead_letter_once() {
    let server = RedisServer::start();
    let failure = JobFailure::now("it rains".to_owned());
    for (attempts, in_progress, dead) in [(3, 1, 0), (1, 0, 1)] {
        let _: () = server.command(&["FLUSHALL"]);
        let worker = worker(&server, attempts);
        let (delivery, entry) = take(&worker).await;
        for _ in 0..2 {
            let verdict = worker.fail(&delivery, &entry, &failure, false).await.expect("Redis answers");
            assert_eq!(verdict, Verdict::Accepted);
        }
        assert_eq!((length(&server, "processing:default"), length(&server, "dead:default")), (in_progress, dead));
        // A job that is not in progress has no attempts left in Redis.
        let attempts: u64 = server.command(&["HLEN", "video_orchestrator:attempts"]);
        assert_eq!(attempts, in_progress * 2);
    }
}
