//! While Redis is down, or one of its keys has the wrong type.

use std::time::{Duration, Instant};

use serde_json::Value;
use system_tests::{Page, Process, RedisServer, Response, wait_until};

use crate::program::{Program, command, job, write_job};

const LIST: &str = "video_orchestrator:queue";
const OUTAGE: Duration = Duration::from_secs(30);

fn dead_letters(redis: &RedisServer) -> Vec<Value> {
    let letters: Vec<String> = redis.command(&["LRANGE", "video_orchestrator:dead:default", "0", "-1"]);
    letters.iter().map(|letter| serde_json::from_str(letter).expect("it is JSON")).collect()
}

#[test]
fn the_worker_survives_thirty_seconds_without_redis() {
    let mut redis = RedisServer::start_persistent();
    let mut program = Program::start(&["--sample-interval", "2"], &[("REDIS_URL", &redis.url())]);
    let depth = |page: &Page| page.value("queue_depth", &[("queue", "default")]);
    wait_until("a sample", || (depth(&program.page()) == Some(0.0)).then_some(()));

    redis.stop();
    let start = Instant::now();
    let mut fastest = Duration::MAX;
    let mut last = program.page();
    while start.elapsed() < OUTAGE {
        let asked = Instant::now();
        last = program.page();
        fastest = fastest.min(asked.elapsed());
        assert!(program.process.try_wait().is_none(), "{}", program.process.printed());
        std::thread::sleep(Duration::from_millis(250));
    }
    // The page does not wait for Redis. A busy machine may delay one page, but not all of them.
    assert!(fastest < Duration::from_secs(1), "the page took {fastest:?}");
    let errors = last.value("redis_errors_total", &[("kind", "connection")]);
    assert!(errors.is_some_and(|errors| errors >= 5.0), "{}", last.text());
    assert!(depth(&last).is_some_and(f64::is_nan), "{}", last.text());
    let age = last.value("queue_sample_age_seconds", &[("queue", "default")]);
    assert!(age.is_some_and(|age| age > 20.0), "{}", last.text());

    redis.restart();
    redis.command::<u64>(&["RPUSH", LIST, &job("after", "portrait")]);
    let _ = program.process.wait_for_line("done      test/after");
    let page = wait_until("a sample", || Some(program.page()).filter(|page| depth(page) == Some(0.0)));
    let _ = program.process.wait_for_line("failures: the jobs of lost workers could not be put back");
    let _ = program.process.wait_for_line("the queues are sampled again");
    let _ = program.process.wait_for_line("failures: no job could be taken");
    let printed = program.process.printed();
    let warnings: Vec<&str> = printed.lines().filter(|line| line.contains("WARN")).collect();
    // Three operations fail and recover, each with at most four kinds of errors.
    assert!(warnings.len() <= 3 * 5, "{}", warnings.join("\n"));
    assert!(!printed.contains('\u{1b}'), "the log has colour codes: {printed:?}");
    assert!(page.value("queue_sample_age_seconds", &[("queue", "default")]).is_some_and(|age| age < 20.0));
}

#[test]
fn a_wrong_password_and_a_wrong_address_are_errors_that_say_so() {
    let redis = RedisServer::start();
    redis.command::<()>(&["CONFIG", "SET", "requirepass", "right"]);
    let with_password = redis.url().replace("redis://", "redis://:wrong@");
    for (url, expected) in [(redis.url(), "NOAUTH"), (with_password, "Password authentication failed")] {
        let mut program = Program::start(&[], &[("REDIS_URL", &url)]);
        assert_eq!(program.exit_code(), Some(1), "{url}");
        let printed = program.process.printed();
        assert!(printed.contains("error: Redis at ") && printed.contains(expected), "{url}: {printed}");
    }
    for url in ["127.0.0.1:6379", "http://127.0.0.1"] {
        for (mut program, setting) in [
            (Program::start(&[], &[("REDIS_URL", url)]), "REDIS_URL"),
            (Program::start(&["--redis-url", url], &[("REDIS_URL", "redis://127.0.0.1:1")]), "--redis-url"),
        ] {
            assert_eq!(program.exit_code(), Some(1), "{url}");
            let expected = format!(
                "error: `{setting}` is `{url}`, which is not the address of a Redis server; write one such as \
                 `redis://127.0.0.1:6379`"
            );
            assert!(program.process.printed().contains(&expected), "{}", program.process.printed());
        }
    }
}

#[test]
fn the_worker_waits_for_a_redis_that_starts_later() {
    let mut redis = RedisServer::start();
    redis.stop();
    let mut program = Program::start(&[], &[("REDIS_URL", &redis.url())]);
    let line = program.process.wait_for_line("waiting until Redis answers: Redis at redis://127.0.0.1:");
    assert!(line.contains("refused"), "{line}");
    redis.restart();
    redis.command::<u64>(&["RPUSH", LIST, &job("early", "portrait")]);
    let _ = program.process.wait_for_line("done      test/early");
    assert_eq!(program.process.printed().matches("waiting until Redis answers").count(), 1);
}

#[test]
fn a_signal_ends_the_wait_for_redis() {
    let mut redis = RedisServer::start();
    redis.stop();
    let mut program = Program::start(&[], &[("REDIS_URL", &redis.url())]);
    let _ = program.process.wait_for_line("waiting until Redis answers");
    program.process.signal("INT");
    assert_eq!(program.exit_code(), Some(0));
}

#[test]
fn a_key_of_the_wrong_type_is_named_at_the_start_and_by_enqueue() {
    let redis = RedisServer::start();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = write_job(folder.path(), "first", "portrait");
    redis.command::<()>(&["SET", LIST, "not a list"]);
    let expected = "the key `video_orchestrator:queue` in Redis at redis://127.0.0.1:";
    let mut program = Program::start(&[], &[("REDIS_URL", &redis.url())]);
    assert_eq!(program.exit_code(), Some(1));
    assert!(program.process.printed().contains(expected), "{}", program.process.printed());
    let mut enqueue = Process::start(command(&[("REDIS_URL", &redis.url())]).arg("enqueue").arg(file));
    assert_eq!(enqueue.wait().code(), Some(1));
    let printed = enqueue.printed();
    assert!(printed.contains(expected), "{printed}");
    assert!(
        printed.contains("holds a string, but the program needs a list there; rename it, or delete it"),
        "{printed}"
    );
}

#[test]
fn the_worker_continues_when_a_key_of_the_wrong_type_is_deleted() {
    let redis = RedisServer::start();
    let mut program = Program::start(&[], &[("REDIS_URL", &redis.url())]);
    // It takes jobs over HTTP after Redis has answered.
    let _ = program.intake();
    redis.command::<()>(&["SET", LIST, "not a list"]);
    let warning = program.process.wait_for_line("no job could be taken");
    assert!(warning.contains("WRONGTYPE") && warning.contains("`video_orchestrator:queue`"), "{warning}");
    assert_eq!(redis.command::<String>(&["GET", LIST]), "not a list", "the key is not changed");
    redis.command::<u64>(&["DEL", LIST]);
    redis.command::<u64>(&["RPUSH", LIST, &job("after", "portrait")]);
    let _ = program.process.wait_for_line("done      test/after");
}

#[test]
fn a_text_that_is_not_a_job_becomes_a_complete_dead_letter() {
    let redis = RedisServer::start();
    let mut program = Program::start(&[], &[("REDIS_URL", &redis.url())]);
    let large = job("large", "portrait").replace("One sentence.", &"x".repeat(10 << 20));
    for text in ["not a job", &large] {
        redis.command::<u64>(&["RPUSH", LIST, text]);
    }
    let letters = wait_until("two dead letters", || Some(dead_letters(&redis)).filter(|letters| letters.len() == 2));
    for (letter, (text, reason)) in
        letters.iter().zip([("not a job", "this is not a job"), (&*large, "write up to 1048576")])
    {
        assert!(letter["error"].as_str().is_some_and(|error| error.contains(reason)), "{}", letter["error"]);
        assert_eq!(letter["entry"], text);
        assert_eq!(letter["attempts"], 1);
    }
    let page = program.page();
    assert_eq!(page.value("jobs_rejected_total", &[]), Some(2.0));
    assert_eq!(page.value("jobs_dead_lettered_total", &[("queue", "default")]), Some(2.0));
    // Over HTTP it is rejected at once.
    let answer = Response::post_json(&program.intake(), &large).expect("the program answers");
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("write up to 1048576"), "{}", answer.body);
    let wrong = Response::post_json(&format!("{}?priority=urgent", program.intake()), &job("x", "portrait"));
    let wrong = wrong.expect("the program answers");
    assert_eq!(wrong.status, 400);
    assert!(wrong.body.contains("`priority` is `high`, `default` or `low`"), "{}", wrong.body);
}
