//! A job is counted as done where the queue accepts it, and then only.

use std::thread::sleep;
use std::time::Duration;

use system_tests::{Page, RedisServer, wait_until};

use crate::program::{Program, job};

const LIST: &str = "video_orchestrator:queue";

fn count(page: &Page, metric: &str) -> Option<f64> {
    page.value(metric, &[])
}

#[test]
fn a_worker_that_stood_still_for_longer_than_its_lease_counts_nothing_as_done() {
    let redis = RedisServer::start();
    let arguments = ["--lease", "1", "--standin-delay", "1", "--image-timeout", "600", "--intake", "off"];
    let environment = [("REDIS_URL", &*redis.url())];
    let mut slow = Program::start(&arguments, &environment);
    redis.command::<u64>(&["RPUSH", LIST, &job("contested", "portrait")]);
    let _ = slow.process.wait_for_line("started   test/contested");
    slow.process.signal("STOP");
    let mut quick = Program::start(&arguments, &environment);
    let _ = quick.process.wait_for_line("done      test/contested");
    slow.process.signal("CONT");
    let late = slow.process.wait_for_line("late      test/contested");
    assert!(late.contains("done here when its lease had run out, and another worker has it"), "{late}");
    assert!(!slow.process.printed().contains("done      test/contested"), "{}", slow.process.printed());
    let (slow, quick) = (slow.page(), quick.page());
    assert_eq!([&slow, &quick].map(|page| count(page, "jobs_completed_total")), [Some(0.0), Some(1.0)]);
    assert_eq!([&slow, &quick].map(|page| count(page, "jobs_superseded_total")), [Some(1.0), Some(0.0)]);
    assert_eq!(redis.command::<u64>(&["LLEN", "video_orchestrator:completed"]), 1);
}

#[test]
fn a_job_that_ends_while_redis_is_away_is_done_when_redis_has_accepted_it() {
    let mut redis = RedisServer::start_persistent();
    let mut program = Program::start(&["--standin-delay", "1"], &[("REDIS_URL", &redis.url())]);
    redis.command::<u64>(&["RPUSH", LIST, &job("patient", "portrait")]);
    let _ = program.process.wait_for_line("started   test/patient");
    redis.stop();
    let _ = program.process.wait_for_line("the queue has not heard how a job ended");
    assert_eq!(count(&program.page(), "jobs_completed_total"), Some(0.0));
    assert!(!program.process.printed().contains("done      test/patient"), "{}", program.process.printed());
    redis.restart();
    let _ = program.process.wait_for_line("done      test/patient");
    assert_eq!(count(&program.page(), "jobs_completed_total"), Some(1.0));
    wait_until("no job in hand", || {
        (redis.command::<u64>(&["LLEN", "video_orchestrator:processing:default"]) == 0).then_some(())
    });
}

#[test]
fn a_worker_does_not_take_its_own_job_for_a_lost_workers() {
    let mut redis = RedisServer::start_persistent();
    let arguments = ["--lease", "1", "--standin-delay", "5", "--image-timeout", "600", "--intake", "off"];
    let mut program = Program::start(&arguments, &[("REDIS_URL", &redis.url())]);
    redis.command::<u64>(&["RPUSH", LIST, &job("own", "portrait")]);
    let _ = program.process.wait_for_line("started   test/own");
    redis.stop();
    // Longer than the lease, which runs out without a word; the job takes longer still.
    sleep(Duration::from_millis(1_500));
    redis.restart();
    let _ = program.process.wait_for_line("done      test/own");
    let page = program.page();
    for (metric, expected) in
        [("jobs_completed_total", 1.0), ("jobs_superseded_total", 0.0), ("jobs_started_total", 1.0)]
    {
        assert_eq!(count(&page, metric), Some(expected), "{metric}: {}", program.process.printed());
    }
    assert_eq!(page.value("jobs_returned_total", &[("queue", "default")]), Some(0.0));
}
