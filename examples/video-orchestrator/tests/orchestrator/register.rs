//! `comfyui-register`, and workers that find the server with the key that it writes.

use std::process::Command;

use system_tests::{Process, RedisServer, free_port, wait_until};

use crate::program::{FakeServer, Program, job};

const KEY: &str = "current_comfyui_url";

fn register(redis: &RedisServer, arguments: &[&str]) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comfyui-register"));
    Process::start(command.env("REDIS_URL", redis.url()).env_remove("COMFYUI_URL_KEY").args(arguments))
}

fn registered(redis: &RedisServer) -> Option<String> {
    redis.command(&["GET", KEY])
}

/// A fake server as the command of `comfyui-register`: as a container starts it.
fn server(redis: &RedisServer) -> (Process, String) {
    let address = format!("127.0.0.1:{}", free_port());
    let url = format!("http://{address}");
    let fake_server = [env!("CARGO_BIN_EXE_video-orchestrator"), "fake-server", "--listen", &address];
    let mut process = register(redis, &[&["--url", &url, "--ttl", "600", "--"][..], &fake_server].concat());
    let _ = process.wait_for_line("registered `");
    (process, url)
}

#[test]
fn the_address_is_renewed_and_removed_at_the_end() {
    let mut redis = RedisServer::start_persistent();
    let mut first = register(&redis, &["--url", "http://gpu-1:8188", "--ttl", "1"]);
    let _ = first.wait_for_line("registered `http://gpu-1:8188` at the key `current_comfyui_url`");
    assert_eq!(wait_until("the address", || registered(&redis)), "http://gpu-1:8188");
    // The address comes back after the key was deleted, and after Redis was away.
    redis.command::<u64>(&["DEL", KEY]);
    wait_until("the address to be renewed", || registered(&redis));
    redis.stop();
    let _ = first.wait_for_line("could not be written");
    redis.restart();
    wait_until("the address to be renewed", || registered(&redis));

    // The newest registration counts; the one before does not change it, also at its end.
    let mut second = register(&redis, &["--url", "http://gpu-2:8188", "--ttl", "600"]);
    let _ = second.wait_for_line("registered `http://gpu-2:8188`");
    let _ = first.wait_for_line("holds `http://gpu-2:8188` now, and is not changed");
    first.signal("TERM");
    assert_eq!(first.wait().code(), Some(0));
    assert_eq!(registered(&redis).as_deref(), Some("http://gpu-2:8188"));
    second.signal("TERM");
    assert_eq!(second.wait().code(), Some(0));
    assert_eq!(registered(&redis), None);
}

#[test]
fn a_command_is_run_and_its_exit_code_is_the_programs() {
    let redis = RedisServer::start();
    let mut ends = register(&redis, &["--url", "http://127.0.0.1:1", "--", "sh", "-c", "exit 7"]);
    assert_eq!(ends.wait().code(), Some(7));
    let (mut process, url) = server(&redis);
    assert_eq!(registered(&redis), Some(url));
    process.signal("TERM");
    assert_eq!(process.wait().code(), Some(0));
    assert_eq!(registered(&redis), None);
    let mut missing = register(&redis, &["--url", "http://127.0.0.1:1", "--", "no-such-program"]);
    assert_eq!(missing.wait().code(), Some(1));
    assert!(missing.printed().contains("error: `no-such-program` does not start"), "{}", missing.printed());
    let mut wrong = register(&redis, &["--url", "gpu:8188"]);
    assert_eq!(wrong.wait().code(), Some(2));
    assert!(wrong.printed().contains("write an address such as `http://10.0.0.7:8188`"), "{}", wrong.printed());
}

#[test]
fn a_worker_finds_the_server_and_the_next_one_after_a_move() {
    let redis = RedisServer::start();
    let arguments = [["--comfyui-url-key", KEY], ["--comfyui-url-cache", "3600"], ["--attempts", "1"]].concat();
    let mut program = Program::start(&arguments, &[("REDIS_URL", &redis.url())]);
    let push = |job_id: &str| redis.command::<u64>(&["RPUSH", "video_orchestrator:queue", &job(job_id, "portrait")]);
    // There is no server yet: the job is given back.
    push("first");
    let paused = program.process.wait_for_line("paused    test/first");
    assert!(paused.contains("the key `current_comfyui_url` does not exist"), "{paused}");
    let start = || {
        let fake_server = FakeServer::start();
        let mut registration = register(&redis, &["--url", fake_server.url(), "--ttl", "600"]);
        let _ = registration.wait_for_line("registered `");
        (fake_server, registration)
    };
    let mut first = start();
    let _ = program.process.wait_for_line("done      test/first");
    // The server is lost, and another one starts: the old address is dropped long before the cache expires.
    first.0.kill();
    first.1.kill();
    let _second = start();
    push("second");
    let _ = program.process.wait_for_line("done      test/second");
    let page = program.page();
    let refreshed = page.value("service_url_refreshes_total", &[("name", KEY), ("result", "ok")]);
    assert!(refreshed.is_some_and(|refreshed| refreshed >= 2.0), "{}", page.text());
}
