//! The worker's own trouble is not the job's: it stops taking jobs, and none of them loses an attempt.

use std::path::Path;
use std::sync::Arc;

use system_tests::{Page, RedisServer, wait_until};

use crate::program::{FakeServer, Program, job};

const LIST: &str = "video_orchestrator:queue";
const JOBS: usize = 5;

fn length(redis: &RedisServer, list: &str) -> usize {
    redis.command(&["LLEN", &format!("video_orchestrator:{list}")])
}

fn push_jobs(redis: &RedisServer) {
    for number in 0..JOBS {
        redis.command::<u64>(&["RPUSH", LIST, &job(&format!("job-{number}"), "portrait")]);
    }
}

fn is_paused(page: &Page, reason: &str) -> Option<f64> {
    page.value("worker_paused", &[("reason", reason)])
}

/// Waits until the jobs are done; each was given back at most, and none was given up.
fn wait_for_completed(redis: &RedisServer) {
    wait_until("the jobs to be done", || (length(redis, "completed") == JOBS).then_some(()));
    assert_eq!(length(redis, "dead:default"), 0);
    let records: Vec<String> = redis.command(&["LRANGE", "video_orchestrator:completed", "0", "-1"]);
    assert!(records.iter().all(|record| record.contains("\"attempt\":1,")), "{records:?}");
    wait_until("no attempts", || (redis.command::<u64>(&["HLEN", "video_orchestrator:attempts"]) == 0).then_some(()));
}

#[test]
fn no_job_is_taken_while_comfyui_is_away() {
    let redis = RedisServer::start();
    let mut comfyui = FakeServer::start();
    comfyui.kill();
    push_jobs(&redis);
    let environment = [("REDIS_URL", &*redis.url()), ("COMFYUI_URL", comfyui.url())];
    let mut program = Program::start(&["--attempts", "1", "--intake", "off"], &environment);
    let line = program.process.wait_for_line("paused    test/job-0 is given back");
    assert!(line.contains("no job is taken until the ComfyUI server answers: no image for the prompt 1: "), "{line}");
    wait_until("the gauge", || (is_paused(&program.page(), "comfyui") == Some(1.0)).then_some(()));
    wait_until("all jobs to wait", || (length(&redis, "queue") == JOBS).then_some(()));
    assert_eq!((length(&redis, "processing:default"), length(&redis, "dead:default")), (0, 0));
    assert_eq!(is_paused(&program.page(), "output"), Some(0.0));

    comfyui.restart();
    wait_for_completed(&redis);
    let _ = program.process.wait_for_line("resumed   jobs are done again after");
    let page = program.page();
    assert_eq!(is_paused(&page, "comfyui"), Some(0.0));
    assert_eq!(page.value("jobs_dead_lettered_total", &[("queue", "default")]), Some(0.0));
    let printed = program.process.printed();
    assert_eq!(printed.matches("paused    ").count(), 1, "{printed}");
    assert_eq!(printed.matches("started   test/").count(), JOBS + 1, "the first one is started twice: {printed}");
}

#[test]
fn a_restart_of_comfyui_in_the_middle_of_a_drawing_costs_no_attempt() {
    let redis = RedisServer::start();
    let mut comfyui = FakeServer::start_slow();
    push_jobs(&redis);
    let environment = [("REDIS_URL", &*redis.url()), ("COMFYUI_URL", comfyui.url())];
    let mut program = Program::start(&["--attempts", "1", "--intake", "off"], &environment);
    let polls = |page: &Page, status| {
        page.value("comfyui_requests_total", &[("endpoint", "/history"), ("status", status)]).unwrap_or(0.0)
    };
    wait_until("a poll", || (polls(&program.page(), "2xx") >= 1.0).then_some(()));
    comfyui.kill();
    // The first one may have been on its way; the second finds nobody.
    wait_until("polls without an answer", || (polls(&program.page(), "none") >= 2.0).then_some(()));
    comfyui.restart();
    let line = program.process.wait_for_line("paused    test/job-0 is given back");
    assert!(line.contains("the ComfyUI server was restarted while it made the image"), "{line}");
    wait_for_completed(&redis);
}

#[test]
fn a_signal_ends_the_pause_and_the_job_is_on_its_queue() {
    let redis = RedisServer::start();
    push_jobs(&redis);
    let environment = [("REDIS_URL", &*redis.url()), ("COMFYUI_URL", "http://127.0.0.1:1")];
    let mut program = Program::start(&["--intake", "off"], &environment);
    let _ = program.process.wait_for_line("paused    test/job-0 is given back");
    program.process.signal("TERM");
    assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());
    assert_eq!(length(&redis, "queue"), JOBS);
    let first: String = redis.command(&["LINDEX", LIST, "0"]);
    assert!(first.contains("job-0"), "it is in front: {first}");
}

#[test]
fn a_job_in_memory_is_given_back_too() {
    let mut comfyui = FakeServer::start();
    comfyui.kill();
    let mut program = Program::start(&["--image-timeout", "600"], &[("COMFYUI_URL", comfyui.url())]);
    let _ = program.process.wait_for_line("paused    samples/harbour is given back");
    comfyui.restart();
    let _ = program.process.wait_for_line("done      samples/harbour");
}

fn replace_by_file(folder: &Path) {
    std::fs::remove_dir_all(folder).expect("the folder can be removed");
    std::fs::write(folder, "a file where the folder was").expect("the file can be written");
}

#[test]
fn no_job_is_taken_while_the_output_folder_cannot_be_written() {
    let redis = RedisServer::start();
    let out = Arc::new(tempfile::tempdir().expect("a temporary folder can be made"));
    let arguments = ["--attempts", "1", "--intake", "off"];
    let mut program = Program::start_in(Arc::clone(&out), &arguments, &[("REDIS_URL", &redis.url())]);
    // From then on it has looked at the folder.
    let _ = program.metrics();
    replace_by_file(out.path());
    push_jobs(&redis);
    let line = program.process.wait_for_line("paused    test/job-0 is given back");
    assert!(line.contains("no job is taken until the output folder can be written: "), "{line}");
    wait_until("the gauge", || (is_paused(&program.page(), "output") == Some(1.0)).then_some(()));
    std::fs::remove_file(out.path()).expect("the file can be removed");
    wait_for_completed(&redis);
}

#[test]
fn a_folder_of_one_job_that_cannot_be_written_is_its_own_trouble() {
    let redis = RedisServer::start();
    let out = Arc::new(tempfile::tempdir().expect("a temporary folder can be made"));
    std::fs::write(out.path().join("blocked"), "a file").expect("the file can be written");
    let mut program =
        Program::start_in(Arc::clone(&out), &["--attempts", "1", "--intake", "off"], &[("REDIS_URL", &redis.url())]);
    let blocked = job("first", "portrait").replace("\"test\"", "\"blocked\"");
    redis.command::<u64>(&["RPUSH", LIST, &blocked]);
    redis.command::<u64>(&["RPUSH", LIST, &job("second", "portrait")]);
    let _ = program.process.wait_for_line("failed    blocked/first");
    let _ = program.process.wait_for_line("done      test/second");
    assert_eq!(length(&redis, "dead:default"), 1);
    assert!(!program.process.printed().contains("paused    "), "{}", program.process.printed());
}
