//! The queue that many workers share.

use system_tests::{Page, RedisServer, wait_until};

use crate::program::{FakeServer, Program, command, job, write_job};

const LIST: &str = "video_orchestrator:queue";

/// The errors of all kinds.
fn errors(page: &Page) -> f64 {
    let kinds = page.series("redis_errors_total");
    assert_eq!(kinds.len(), 4, "each kind has a series from the start");
    kinds.iter().map(|(_, count)| count).sum()
}

#[test]
fn enqueued_jobs_are_done_and_the_depth_goes_up_and_down() {
    let redis = RedisServer::start();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let files = ["first", "second", "third"].map(|job_id| write_job(folder.path(), job_id, "portrait"));
    let enqueue = command(&[("REDIS_URL", &redis.url())]).arg("enqueue").args(files).output();
    let enqueue = enqueue.expect("the program starts");
    assert!(enqueue.status.success(), "{}", String::from_utf8_lossy(&enqueue.stderr));
    assert_eq!(redis.command::<u64>(&["LLEN", LIST]), 3);

    let comfyui = FakeServer::start();
    comfyui.pause();
    let environment = [("REDIS_URL", &*redis.url()), ("COMFYUI_URL", comfyui.url())];
    let mut program = Program::start(&["--sample-interval", "0.1"], &environment);
    let depth = |program: &mut Program| program.page().value("queue_depth", &[("queue", "default")]);
    wait_until("two jobs that wait", || depth(&mut program).filter(|depth| *depth == 2.0));
    comfyui.resume();
    for job_id in ["first", "second", "third"] {
        let _ = program.process.wait_for_line(&format!("done      test/{job_id}"));
    }
    wait_until("the depth to be 0 again", || (depth(&mut program) == Some(0.0)).then_some(()));
    let page = program.page();
    assert_eq!(page.value("jobs_completed_total", &[]), Some(3.0));
    assert_eq!(errors(&page), 0.0);
    assert_eq!(redis.command::<u64>(&["LLEN", LIST]), 0);

    // A text that is not a job is counted, and does not stop the worker.
    redis.command::<u64>(&["RPUSH", LIST, "not a job"]);
    let _ = program.process.wait_for_line("rejected  the queue: this is not a job");
    program.process.signal("TERM");
    assert_eq!(program.exit_code(), Some(0));
}

#[test]
fn errors_are_counted_and_the_worker_continues() {
    let mut redis = RedisServer::start();
    let mut program = Program::start(&["--sample-interval", "0.1"], &[("REDIS_URL", &redis.url())]);
    assert_eq!(errors(&program.page()), 0.0);
    redis.stop();
    wait_until("an error to be counted", || (errors(&program.page()) >= 1.0).then_some(()));
    redis.restart();
    redis.command::<u64>(&["RPUSH", LIST, &job("after", "portrait")]);
    let _ = program.process.wait_for_line("done      test/after");
}

#[test]
fn a_missing_redis_is_an_error_with_once() {
    // Nothing listens there.
    let url = "redis://:secret@127.0.0.1:1";
    let mut program = Program::start(&["--once"], &[("REDIS_URL", url)]);
    assert_eq!(program.exit_code(), Some(1));
    let printed = program.process.printed();
    assert!(printed.contains("error: Redis at redis://…@127.0.0.1:"), "{printed}");
    assert!(!printed.contains("secret"), "{printed}");
}

#[test]
fn a_file_that_is_not_a_job_is_not_enqueued() {
    let redis = RedisServer::start();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let good = write_job(folder.path(), "good", "portrait");
    let bad = write_job(folder.path(), "bad", "no-such-workflow");
    let output = command(&[("REDIS_URL", &redis.url())]).arg("enqueue").args([bad, good]).output();
    let output = output.expect("the program starts");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("bad.json: this is not a job: unknown variant"));
    assert_eq!(redis.command::<u64>(&["LLEN", LIST]), 1);
}

#[test]
fn enqueue_explains_how_to_set_the_server() {
    for environment in [&[][..], &[("REDIS_URL", "")]] {
        let output = command(environment).args(["enqueue", "job.json"]).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(1));
        let printed = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(printed.contains("set `REDIS_URL`, or give `--redis-url`, to an address such as"), "{printed}");
    }
}

#[test]
fn what_others_write_makes_no_lines_of_its_own() {
    let redis = RedisServer::start();
    let mut program = Program::start(&[], &[("REDIS_URL", &redis.url())]);
    let forged = format!("x\n\u{1b}[31mdone      test/forged: 1 image\r{}", "y".repeat(100_000));
    for text in [
        job("name", "portrait").replace("\"name\"", &serde_json::json!(forged).to_string()),
        job("field", "portrait").replace("\"script\"", &serde_json::json!(forged).to_string()),
        job("workflow", &forged.replace('\n', "\\n").replace('\u{1b}', "\\u001b").replace('\r', "\\r")),
    ] {
        redis.command::<u64>(&["RPUSH", LIST, &text]);
    }
    redis.command::<u64>(&["RPUSH", LIST, &job("last", "portrait")]);
    let _ = program.process.wait_for_line("done      test/last");
    let printed = program.process.printed();
    assert_eq!(printed.lines().filter(|line| line.starts_with("rejected  the queue: ")).count(), 3, "{printed}");
    for line in printed.lines() {
        assert!(line.len() <= 1024 && !line.contains('\u{1b}') && !line.starts_with("done      test/forged"), "{line}");
    }
    assert!(printed.contains("cannot be the name of a folder: write up to 128 letters"), "{printed}");
}
