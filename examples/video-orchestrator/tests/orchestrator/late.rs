//! A job is counted as done only where the queue accepts it.

use std::thread::sleep;
use std::time::Duration;

use system_tests::{Page, RedisServer, wait_until};

use crate::program::{FakeServer, Program, job};

const LIST: &str = "video_orchestrator:queue";

fn count(page: &Page, metric: &str) -> Option<f64> {
    page.value(metric, &[])
}

#[test]
fn a_worker_that_was_stopped_for_longer_than_its_lease_counts_nothing_as_done() {
    let redis = RedisServer::start();
    let arguments = ["--lease", "1", "--intake", "off"];
    let environment = [("REDIS_URL", &*redis.url())];
    // The image takes more than 2 s, so that the worker is stopped before it is done.
    let mut slow = Program::start(&[&arguments[..], &["--fake-server-delay", "4"]].concat(), &environment);
    redis.command::<u64>(&["RPUSH", LIST, &job("contested", "portrait")]);
    let _ = slow.process.wait_for_line("started   test/contested");
    slow.process.signal("STOP");
    let mut quick = Program::start(&arguments, &environment);
    let _ = quick.process.wait_for_line("done      test/contested");
    slow.process.signal("CONT");
    let late = slow.process.wait_for_line("late      test/contested");
    assert!(late.contains("done here after its lease had expired; another worker has it"), "{late}");
    assert!(!slow.process.printed().contains("done      test/contested"), "{}", slow.process.printed());
    let (slow, quick) = (slow.page(), quick.page());
    assert_eq!([&slow, &quick].map(|page| count(page, "jobs_completed_total")), [Some(0.0), Some(1.0)]);
    assert_eq!([&slow, &quick].map(|page| count(page, "jobs_superseded_total")), [Some(1.0), Some(0.0)]);
    assert_eq!(redis.command::<u64>(&["LLEN", "video_orchestrator:completed"]), 1);
}

#[test]
fn a_job_that_somebody_removes_meanwhile_is_neither_done_nor_late() {
    let redis = RedisServer::start();
    let comfyui = FakeServer::start();
    comfyui.pause();
    let mut program = Program::start(&[], &[("REDIS_URL", &redis.url()), ("COMFYUI_URL", comfyui.url())]);
    redis.command::<u64>(&["RPUSH", LIST, &job("removed", "portrait")]);
    let _ = program.process.wait_for_line("started   test/removed");
    assert_eq!(redis.command::<u64>(&["DEL", "video_orchestrator:processing:default"]), 1);
    comfyui.resume();
    let line = program.process.wait_for_line("vanished  test/removed");
    assert!(line.contains("done here, but somebody has removed it from the queue"), "{line}");
    let page = program.page();
    for (metric, expected) in
        [("jobs_vanished_total", 1.0), ("jobs_superseded_total", 0.0), ("jobs_completed_total", 0.0)]
    {
        assert_eq!(count(&page, metric), Some(expected), "{metric}");
    }
}

#[test]
fn a_job_that_ends_while_redis_is_away_is_done_when_redis_has_accepted_it() {
    let mut redis = RedisServer::start_persistent();
    let comfyui = FakeServer::start();
    comfyui.pause();
    let mut program = Program::start(&[], &[("REDIS_URL", &redis.url()), ("COMFYUI_URL", comfyui.url())]);
    redis.command::<u64>(&["RPUSH", LIST, &job("patient", "portrait")]);
    let _ = program.process.wait_for_line("started   test/patient");
    redis.stop();
    comfyui.resume();
    let _ = program.process.wait_for_line("the end of a job could not be reported to the queue");
    assert_eq!(count(&program.page(), "jobs_completed_total"), Some(0.0));
    assert!(!program.process.printed().contains("done      test/patient"), "{}", program.process.printed());
    redis.restart();
    let _ = program.process.wait_for_line("done      test/patient");
    assert_eq!(count(&program.page(), "jobs_completed_total"), Some(1.0));
    wait_until("no job in progress", || {
        (redis.command::<u64>(&["LLEN", "video_orchestrator:processing:default"]) == 0).then_some(())
    });
}

#[test]
fn a_worker_does_not_take_its_own_job_for_a_lost_job() {
    let mut redis = RedisServer::start_persistent();
    let comfyui = FakeServer::start();
    comfyui.pause();
    let environment = [("REDIS_URL", &*redis.url()), ("COMFYUI_URL", comfyui.url())];
    let mut program = Program::start(&["--lease", "1", "--intake", "off"], &environment);
    redis.command::<u64>(&["RPUSH", LIST, &job("own", "portrait")]);
    let _ = program.process.wait_for_line("started   test/own");
    redis.stop();
    // Longer than the lease, which expires meanwhile.
    sleep(Duration::from_millis(1_500));
    redis.restart();
    // When the worker puts this job back, it has looked at its own job too: the queue `low` comes last.
    let list = "video_orchestrator:processing:low";
    redis.command::<u64>(&["RPUSH", list, &job("lost", "portrait")]);
    wait_until("the lost job to be put back", || (redis.command::<u64>(&["LLEN", list]) == 0).then_some(()));
    comfyui.resume();
    let _ = program.process.wait_for_line("done      test/own");
    let _ = program.process.wait_for_line("done      test/lost");
    let page = program.page();
    for (metric, expected) in
        [("jobs_started_total", 2.0), ("jobs_completed_total", 2.0), ("jobs_superseded_total", 0.0)]
    {
        assert_eq!(count(&page, metric), Some(expected), "{metric}: {}", program.process.printed());
    }
    for (queue, expected) in [("default", 0.0), ("low", 1.0)] {
        assert_eq!(page.value("jobs_returned_total", &[("queue", queue)]), Some(expected), "{queue}");
    }
}
