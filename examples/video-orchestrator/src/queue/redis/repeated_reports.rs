//! The answer to the news of a job's end may be lost on its way; then Redis is told once more.

use std::time::Duration;

use system_tests::RedisServer;

use super::super::{Delivery, Done, Failed, Priority};
use super::{Lease, Redis, Taken};

const PATIENCE: Duration = Duration::from_secs(5);
const JOB: &str = r#"{"run_id":"r","job_id":"j","script":"Hello.","workflow":"portrait","image_prompts":["a hill"]}"#;

fn worker(server: &RedisServer, attempts: u32) -> Redis {
    let lease = Lease { time: Duration::from_secs(60), attempts, rest: Duration::from_secs(60) };
    Redis::new(&server.url(), lease).expect("the address is valid")
}

async fn take(worker: &Redis) -> (Delivery, Taken) {
    worker.push(JOB, Priority::Default).await.expect("Redis answers");
    let delivery = worker.take(PATIENCE).await.expect("Redis answers").expect("there is a job");
    let taken = delivery.entry.clone().expect("it is from Redis");
    (delivery, taken)
}

fn length(server: &RedisServer, list: &str) -> u64 {
    server.command(&["LLEN", &format!("video_orchestrator:{list}")])
}

#[tokio::test]
async fn a_job_that_is_done_is_recorded_once_and_accepted_both_times() {
    let server = RedisServer::start();
    let worker = worker(&server, 3);
    let (delivery, taken) = take(&worker).await;
    let done = Done::now("r/j".to_owned());
    for _ in 0..2 {
        assert!(worker.complete(&delivery, &taken, &done).await.expect("Redis answers"));
    }
    assert_eq!(length(&server, "completed"), 1);
}

#[tokio::test]
async fn a_job_that_has_failed_rests_or_is_a_dead_letter_once() {
    let server = RedisServer::start();
    let failed = Failed::now("it rains".to_owned());
    for (attempts, in_hand, dead) in [(3, 1, 0), (1, 0, 1)] {
        let _: () = server.command(&["FLUSHALL"]);
        let worker = worker(&server, attempts);
        let (delivery, taken) = take(&worker).await;
        for _ in 0..2 {
            assert!(worker.fail(&delivery, &taken, &failed, false).await.expect("Redis answers"));
        }
        assert_eq!((length(&server, "processing:default"), length(&server, "dead:default")), (in_hand, dead));
        // A job that is in nobody's hand has left nothing behind.
        let attempts: u64 = server.command(&["HLEN", "video_orchestrator:attempts"]);
        assert_eq!(attempts, in_hand * 2);
    }
}
