//! What the queue says to a worker that is late: who has its job, or that nobody has it.

use std::time::Duration;

use system_tests::RedisServer;

use super::redis_queue::RedisQueue;
use crate::queue::delivery::{Completion, Delivery, JobFailure, RedisEntry, Verdict};
use crate::queue::lease::Lease;
use crate::queue::priority::Priority;

const JOB: &str = r#"{"run_id":"r","job_id":"j","script":"Hello.","workflow":"portrait","image_prompts":["a hill"]}"#;
const PROCESSING: &str = "video_orchestrator:processing:default";

fn worker(server: &RedisServer) -> RedisQueue {
    let lease = Lease { time: Duration::from_secs(600), attempts: 3, retry_delay: Duration::from_secs(600) };
    let url = server.url().parse().expect("every text can be an address");
    RedisQueue::new(&url, lease).expect("the address is valid")
}

async fn take(worker: &RedisQueue) -> (Delivery, RedisEntry) {
    let delivery = worker.take(Duration::ZERO).await.expect("Redis answers").expect("there is a job");
    let entry = delivery.entry.clone().expect("the job is from Redis");
    (delivery, entry)
}

/// What a worker hears to each of its reports after something has happened to its job.
async fn verdicts(server: &RedisServer, meanwhile: impl AsyncFn(&RedisQueue, &RedisEntry)) -> [Verdict; 4] {
    let mut verdicts = [Verdict::Accepted; 4];
    for (report, verdict) in verdicts.iter_mut().enumerate() {
        let _: () = server.command(&["FLUSHALL"]);
        let (late, other) = (worker(server), worker(server));
        late.push(JOB, Priority::Default).await.expect("Redis answers");
        let (delivery, entry) = take(&late).await;
        meanwhile(&other, &entry).await;
        let failure = JobFailure::now("it rains".to_owned());
        let answer = match report {
            0 => late.complete(&delivery, &entry, &Completion::now("r/j".to_owned())).await,
            1 => late.fail(&delivery, &entry, &failure, false).await,
            2 => late.fail(&delivery, &entry, &failure, true).await,
            _ => late.release(&delivery, &entry).await,
        };
        *verdict = answer.expect("Redis answers");
    }
    verdicts
}

/// The lease expires, and the job is put back.
async fn put_back(server: &RedisServer, other: &RedisQueue, entry: &RedisEntry) {
    let _: u64 = server.command(&["DEL", &format!("video_orchestrator:lease:{}", entry.id)]);
    let _ = other.return_jobs(Priority::Default).await.expect("Redis answers");
}

#[tokio::test]
async fn a_job_of_another_worker_is_superseded() {
    let server = RedisServer::start();
    let in_progress = verdicts(&server, async |other, entry| {
        put_back(&server, other, entry).await;
        let _ = take(other).await;
    });
    assert_eq!(in_progress.await, [Verdict::Superseded; 4]);
    let done = verdicts(&server, async |other, entry| {
        put_back(&server, other, entry).await;
        let (delivery, entry) = take(other).await;
        let completion = Completion::now("r/j".to_owned());
        assert!(other.complete(&delivery, &entry, &completion).await.is_ok_and(|verdict| verdict == Verdict::Accepted));
    });
    assert_eq!(done.await, [Verdict::Superseded; 4]);
    let given_up = verdicts(&server, async |other, entry| {
        put_back(&server, other, entry).await;
        let (delivery, entry) = take(other).await;
        let failure = JobFailure::now("it snows".to_owned());
        assert!(other.fail(&delivery, &entry, &failure, true).await.is_ok_and(|verdict| verdict == Verdict::Accepted));
    });
    assert_eq!(given_up.await, [Verdict::Superseded; 4]);
}

#[tokio::test]
async fn a_job_that_waits_again_is_superseded_and_stays_given_back() {
    let server = RedisServer::start();
    let waits = verdicts(&server, async |other, entry| put_back(&server, other, entry).await);
    // To give it back is what has happened to it already.
    let [others @ .., given_back] = waits.await;
    assert_eq!((others, given_back), ([Verdict::Superseded; 3], Verdict::Accepted));
}

#[tokio::test]
async fn a_job_that_its_last_worker_has_lost_is_superseded() {
    let server = RedisServer::start();
    let lost = verdicts(&server, async |other, entry| {
        let _: u64 = server.command(&["HSET", "video_orchestrator:attempts", &entry.id, "3"]);
        put_back(&server, other, entry).await;
        assert_eq!(server.command::<u64>(&["LLEN", "video_orchestrator:dead:default"]), 1);
    });
    assert_eq!(lost.await, [Verdict::Superseded; 4]);
}

#[tokio::test]
async fn a_job_that_somebody_has_removed_has_vanished() {
    let server = RedisServer::start();
    let removed = verdicts(&server, async |_, _| assert_eq!(server.command::<u64>(&["DEL", PROCESSING]), 1));
    assert_eq!(removed.await, [Verdict::Vanished; 4]);
    let with_all = verdicts(&server, async |_, _| server.command(&["FLUSHALL"]));
    assert_eq!(with_all.await, [Verdict::Vanished; 4]);
    // Another job, also an equal one, is not this one.
    let beside_another = verdicts(&server, async |other, _| {
        let _: u64 = server.command(&["DEL", PROCESSING]);
        for priority in [Priority::Default, Priority::Default] {
            other.push(JOB, priority).await.expect("Redis answers");
        }
        let (delivery, entry) = take(other).await;
        let completion = Completion::now("r/j".to_owned());
        let _ = other.complete(&delivery, &entry, &completion).await.expect("Redis answers");
    });
    assert_eq!(beside_another.await, [Verdict::Vanished; 4]);
}
