//! Whatever write of a script fails, the job is on a list afterwards, and the same report succeeds when Redis is well again.

use std::time::Duration;

use metrics_runtime::TraceContext;
use system_tests::RedisServer;

use super::redis_queue::RedisQueue;
use crate::queue::delivery::{Completion, Delivery, JobFailure, RedisEntry, Verdict};
use crate::queue::error::QueueError;
use crate::queue::lease::Lease;
use crate::queue::priority::Priority;

const JOB: &str = r#"{"run_id":"r","job_id":"j","script":"Hello.","workflow":"portrait","image_prompts":["a hill"]}"#;
const LISTS: [&str; 4] = ["queue", "processing:default", "dead:default", "completed"];

/// The steps of a job, each with the list where it is before, and the one where it is afterwards.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Take,
    KeepTrace,
    Complete,
    Retry,
    GiveUp,
    Release,
    Return,
    ReturnDead,
}

const STEPS: [(Step, &str, &str); 8] = [
    (Step::Take, "queue", "processing:default"),
    (Step::KeepTrace, "processing:default", "processing:default"),
    (Step::Complete, "processing:default", "completed"),
    (Step::Retry, "processing:default", "processing:default"),
    (Step::GiveUp, "processing:default", "dead:default"),
    (Step::Release, "processing:default", "queue"),
    (Step::Return, "processing:default", "queue"),
    (Step::ReturnDead, "processing:default", "dead:default"),
];

/// A job before a step.
struct Stage<'a> {
    server: &'a RedisServer,
    worker: RedisQueue,
    taken: Option<(Delivery, RedisEntry)>,
    completion: Completion,
    failure: JobFailure,
}

impl<'a> Stage<'a> {
    async fn before(server: &'a RedisServer, step: Step) -> Self {
        let _: () = server.command(&["FLUSHALL"]);
        let attempts = if matches!(step, Step::GiveUp | Step::ReturnDead) { 1 } else { 3 };
        let lease = Lease { time: Duration::from_secs(600), attempts, retry_delay: Duration::from_secs(600) };
        let url = server.url().parse().expect("every text can be an address");
        let worker = RedisQueue::new(&url, lease).expect("the address is valid");
        worker.push(JOB, Priority::Default).await.expect("Redis answers");
        let mut taken = None;
        if step != Step::Take {
            let delivery = worker.take(Duration::ZERO).await.expect("Redis answers").expect("there is a job");
            let entry = delivery.entry.clone().expect("the job is from Redis");
            if matches!(step, Step::Return | Step::ReturnDead) {
                let _: u64 = server.command(&["DEL", &format!("video_orchestrator:lease:{}", entry.id)]);
                worker.in_progress().clear();
            }
            taken = Some((delivery, entry));
        }
        let (completion, failure) = (Completion::now("r/j".to_owned()), JobFailure::now("it rains".to_owned()));
        Self { server, worker, taken, completion, failure }
    }

    /// Does the step; the answer says whether Redis has accepted it.
    async fn run(&self, step: Step) -> Result<bool, QueueError> {
        let taken = || self.taken.as_ref().expect("the job was taken");
        match step {
            Step::Take => self.worker.take(Duration::ZERO).await.map(|delivery| delivery.is_some()),
            Step::KeepTrace => self.worker.keep_first_attempt(&taken().1, trace()).await,
            Step::Complete => self.worker.complete(&taken().0, &taken().1, &self.completion).await.map(is_accepted),
            Step::Retry | Step::GiveUp => {
                self.worker.fail(&taken().0, &taken().1, &self.failure, false).await.map(is_accepted)
            }
            Step::Release => self.worker.release(&taken().0, &taken().1).await.map(is_accepted),
            Step::Return | Step::ReturnDead => {
                self.worker.return_jobs(Priority::Default).await.map(|(returned, dead)| returned + dead == 1)
            }
        }
    }

    /// The lists where the job is. A key of another type holds none.
    fn lists(&self) -> Vec<&'static str> {
        let is_list = |list: &&str| self.server.command::<String>(&["TYPE", &key(list)]) == "list";
        LISTS.into_iter().filter(is_list).collect()
    }
}

fn trace() -> TraceContext {
    "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01".parse().expect("it is valid")
}

fn is_accepted(verdict: Verdict) -> bool {
    verdict == Verdict::Accepted
}

fn key(name: &str) -> String {
    format!("video_orchestrator:{name}")
}

#[tokio::test]
async fn a_key_of_the_wrong_type_changes_nothing() {
    let server = RedisServer::start();
    for (step, before, after) in STEPS {
        for name in ["queue", "processing:default", "dead:default", "completed", "attempts", "lease"] {
            let stage = Stage::before(&server, step).await;
            let wrong = match (&stage.taken, name) {
                (Some((_, entry)), "lease") => key(&format!("lease:{}", entry.id)),
                (None, "lease") => continue,
                _ => key(name),
            };
            // The list with the job stays as it is; a lease of another type is still a lease.
            if name == before || name == "lease" && matches!(step, Step::Return | Step::ReturnDead) {
                continue;
            }
            let saved: u64 = server.command(&["EXISTS", &wrong]);
            if saved == 1 {
                let _: () = server.command(&["RENAME", &wrong, "saved"]);
            }
            let other = if name == "lease" { ["RPUSH", &wrong, "x"] } else { ["SET", &wrong, "x"] };
            let _: redis::Value = server.command(&other);
            let result = stage.run(step).await;
            let _: u64 = server.command(&["DEL", &wrong]);
            if saved == 1 {
                let _: () = server.command(&["RENAME", "saved", &wrong]);
            }
            if result.is_err() {
                assert_eq!(stage.lists(), [before], "{step:?}, {name}: {result:?}");
                assert!(stage.run(step).await.is_ok_and(|is_accepted| is_accepted), "{step:?}, {name}");
            }
            assert_eq!(stage.lists(), [after], "{step:?}, {name}");
        }
    }
}

#[tokio::test]
async fn a_write_that_fails_leaves_the_job_on_a_list() {
    let server = RedisServer::start();
    let writes = ["rpush", "lpush", "lmove", "lpop", "lrem", "ltrim", "set", "del", "hset", "hdel"];
    let mut failures = 0;
    for (step, before, after) in STEPS {
        for write in writes {
            let stage = Stage::before(&server, step).await;
            let _: () = server.command(&["ACL", "SETUSER", "default", &format!("-{write}")]);
            let result = stage.run(step).await;
            let _: () = server.command(&["ACL", "SETUSER", "default", &format!("+{write}")]);
            let lists = stage.lists();
            assert!(lists.contains(&before) || lists.contains(&after), "{step:?} without {write}: {lists:?}");
            if result.is_err() {
                failures += 1;
                // What is left of a step that was not finished is finished by the next one, or by those that put jobs back.
                let _ = stage.run(step).await;
                let lists = stage.lists();
                assert!(lists.contains(&before) || lists.contains(&after), "{step:?} after {write}: {lists:?}");
            } else {
                assert_eq!(lists, [after], "{step:?} does not use {write}");
            }
        }
    }
    assert!(failures > 20, "only {failures} writes have failed");
}

#[tokio::test]
async fn a_redis_without_memory_changes_nothing() {
    let server = RedisServer::start();
    for (step, before, after) in STEPS {
        let stage = Stage::before(&server, step).await;
        let _: () = server.command(&["CONFIG", "SET", "maxmemory", "1"]);
        let result = stage.run(step).await;
        let _: () = server.command(&["CONFIG", "SET", "maxmemory", "0"]);
        assert!(result.is_err(), "{step:?}");
        assert_eq!(stage.lists(), [before], "{step:?}");
        assert!(stage.run(step).await.is_ok_and(|is_accepted| is_accepted), "{step:?}");
        assert_eq!(stage.lists(), [after], "{step:?}");
    }
}

#[tokio::test]
async fn a_job_that_is_given_back_has_no_attempt_less() {
    let server = RedisServer::start();
    let stage = Stage::before(&server, Step::Release).await;
    for _ in 0..2 {
        // The answer to the first may have been lost.
        assert!(stage.run(Step::Release).await.expect("Redis answers"));
    }
    let again = stage.worker.take(Duration::ZERO).await.expect("Redis answers").expect("it is there");
    assert_eq!((again.attempt, again.is_first), (1, false));
    assert!(stage.taken.as_ref().is_some_and(|(delivery, _)| delivery.is_first));
    assert_eq!(stage.lists(), ["processing:default"]);
}

#[tokio::test]
async fn the_trace_of_the_first_attempt_stays_with_the_job_and_leaves_nothing() {
    let server = RedisServer::start();
    for (step, next) in [
        (Step::Complete, None),
        (Step::GiveUp, None),
        (Step::ReturnDead, None),
        (Step::Release, Some(trace())),
        (Step::Return, Some(trace())),
    ] {
        let stage = Stage::before(&server, step).await;
        let (delivery, entry) = stage.taken.as_ref().expect("it was taken");
        assert_eq!(delivery.first_attempt, None);
        let is_lost = matches!(step, Step::Return | Step::ReturnDead);
        if is_lost {
            // A worker that has lost the job keeps nothing.
            assert!(!stage.worker.keep_first_attempt(entry, trace()).await.expect("Redis answers"));
            let field = format!("trace:{}", entry.id);
            let _: u64 = server.command(&["HSET", &key("attempts"), &field, &trace().to_string()]);
        } else {
            assert!(stage.worker.keep_first_attempt(entry, trace()).await.expect("Redis answers"));
        }
        assert!(stage.run(step).await.expect("Redis answers"), "{step:?}");
        let again = stage.worker.take(Duration::ZERO).await.expect("Redis answers");
        assert_eq!(again.map(|delivery| delivery.first_attempt), next.map(Some), "{step:?}");
        let left: u64 = server.command(&["HLEN", &key("attempts")]);
        assert_eq!(left, if next.is_some() { 2 } else { 0 }, "{step:?}");
    }
}

#[tokio::test]
async fn two_equal_texts_are_two_jobs() {
    let server = RedisServer::start();
    let stage = Stage::before(&server, Step::Complete).await;
    let (first, first_entry) = stage.taken.as_ref().expect("it was taken");
    // Equal plain texts, and copies of an envelope.
    for text in [JOB, &first_entry.text] {
        stage.worker.push(text, Priority::Low).await.expect("Redis answers");
        let second = stage.worker.take(Duration::ZERO).await.expect("Redis answers").expect("there is a job");
        let second_entry = second.entry.clone().expect("the job is from Redis");
        assert_ne!(second_entry.id, first_entry.id);
        assert_eq!((&second.text, second.attempt), (&first.text, 1));
        let verdict = stage.worker.complete(&second, &second_entry, &stage.completion).await;
        assert_eq!(verdict.expect("Redis answers"), Verdict::Accepted);
    }
    assert!(stage.run(Step::Complete).await.expect("Redis answers"), "the first is still its worker's");
    let _: () = server.command(&["DEL", &key("completed")]);
    assert_eq!(server.command::<u64>(&["DBSIZE"]), 0, "nothing is left of them");
}

#[tokio::test]
async fn an_entry_that_is_not_a_job_becomes_a_complete_dead_letter() {
    let server = RedisServer::start();
    for (entry, text, bytes) in [
        (&b"not a job"[..], "not a job", None),
        (b"", "", None),
        (b"\xff\x00", "(bytes that are not a text)", Some("ff00")),
    ] {
        let stage = Stage::before(&server, Step::Take).await;
        let _: () = server.command(&["DEL", &key("queue")]);
        let mut connection = stage.worker.client().get_connection().expect("Redis answers");
        let _: u64 = redis::cmd("RPUSH").arg(key("queue")).arg(entry).query(&mut connection).expect("Redis answers");
        let delivery = stage.worker.take(Duration::ZERO).await.expect("Redis answers").expect("there is a job");
        assert_eq!(delivery.text, text);
        let redis_entry = delivery.entry.clone().expect("the job is from Redis");
        let verdict = stage.worker.fail(&delivery, &redis_entry, &stage.failure, true).await;
        assert_eq!(verdict.expect("Redis answers"), Verdict::Accepted);
        let letters: Vec<String> = server.command(&["LRANGE", &key("dead:default"), "0", "-1"]);
        let letter: serde_json::Value = serde_json::from_str(&letters[0]).expect("it is JSON");
        assert_eq!(letter["entry"], text);
        assert_eq!(letter["entry_bytes"].as_str(), bytes);
    }
}
