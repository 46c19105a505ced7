//! Nothing that is printed shows a secret.

use std::process::{Command, Stdio};

use system_tests::{Process, RedisServer};

use crate::program::{Program, command, job};

const SECRET: &str = "hunter2";

/// Addresses with the secret, good and bad ones.
const ADDRESSES: [&str; 9] = [
    "redis://user:hunter2@127.0.0.1:1/0",
    "rediss://user:p@ss/hunter2@127.0.0.1:1",
    "redis://user:hunter2",
    "redis:hunter2",
    "unix:///no/such.sock?db=3&user=u&pass=hunter2",
    "redis+unix:///no/such.sock?pass=a@hunter2",
    "http://user:hunter2@127.0.0.1:1",
    "ftp://user:hunter2@127.0.0.1:1",
    "user:hunter2@127.0.0.1:1",
];

fn register() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comfyui-register"));
    for variable in ["REDIS_URL", "COMFYUI_URL", "COMFYUI_URL_KEY"] {
        command.env_remove(variable);
    }
    command
}

/// What it prints until it ends.
fn printed(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("it starts");
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn the_help_shows_variables_without_their_values() {
    for address in ADDRESSES {
        let environment = [("REDIS_URL", address), ("COMFYUI_URL", address)];
        for arguments in [&["--help"][..], &["-h"], &["enqueue", "--help"]] {
            let help = printed(command(&environment).args(arguments));
            assert!(help.contains("[env: REDIS_URL]") && !help.contains(SECRET), "{help}");
        }
        let help = printed(register().envs(environment).arg("--help"));
        assert!(help.contains("[env: REDIS_URL]") && !help.contains(SECRET), "{help}");
    }
}

#[test]
fn errors_of_settings_show_no_secret() {
    for address in ADDRESSES {
        let unknown = format!("--redis={address}");
        let with_value = format!("--redis-url={address}");
        for arguments in [
            &["--once", "--redis-url", address][..],
            &["--once", "--comfyui-url", address, "--intake", address],
            &["--once", "--lease", address],
            &["--once", &unknown],
            &["--once", address],
            &[address],
            &["--once", &with_value, &with_value],
            &["enqueue", "--priority", address, "x.json"],
            &["enqueue", "--redis-url", address],
        ] {
            let text = printed(command(&[]).args(arguments));
            assert!(text.contains("rror") && !text.contains(SECRET), "{arguments:?}: {text}");
        }
        for environment in [[("REDIS_URL", address)], [("METRICS_LISTEN", address)]] {
            let text = printed(command(&environment).arg("--once"));
            assert!(text.contains("rror") && !text.contains(SECRET), "{environment:?}: {text}");
        }
        // A process that is still alive waits for Redis, and each other one has printed an error.
        for (redis, url) in [("redis://127.0.0.1:1", address), (address, "gpu")] {
            let text = printed(register().args(["--redis-url", redis, "--url", url, "--ttl", "0"]));
            assert!(text.contains("rror") && !text.contains(SECRET), "{redis}, {url}: {text}");
        }
    }
}

#[test]
fn a_refused_password_is_not_shown() {
    let redis = RedisServer::start();
    redis.command::<()>(&["CONFIG", "SET", "requirepass", "another"]);
    for query in ["", "/0?protocol=resp3"] {
        let url = redis.url().replace("redis://", "redis://default:hunter2@") + query;
        let text = printed(command(&[("REDIS_URL", &url), ("RUST_LOG", "trace")]).arg("--once"));
        assert!(text.contains("error: Redis at redis://…@127.0.0.1:") && !text.contains(SECRET), "{text}");
    }
}

#[test]
fn a_server_that_cannot_be_reached_is_named_without_its_secrets() {
    let redis = RedisServer::start();
    let redis_url = redis.url();
    let comfyui_url = "http://user:hunter2@127.0.0.1:1/?token=hunter2";
    let environment = [("REDIS_URL", &*redis_url), ("COMFYUI_URL", comfyui_url), ("RUST_LOG", "trace")];
    let mut program = Program::start(&["--attempts", "1"], &environment);
    redis.command::<u64>(&["RPUSH", "video_orchestrator:queue", &job("secret", "portrait")]);
    let _ = program.process.wait_for_line("test/secret");
    program.process.signal("TERM");
    let _ = program.exit_code();
    let printed = program.process.printed();
    assert!(printed.contains("error sending request") && !printed.contains(SECRET), "{printed}");
    for key in ["queue", "dead", "completed"] {
        let letters: Vec<String> = redis.command(&["LRANGE", &format!("video_orchestrator:{key}"), "0", "-1"]);
        assert!(!letters.concat().contains(SECRET), "{letters:?}");
    }
}

#[test]
fn a_registered_address_is_shown_without_its_password() {
    let redis = RedisServer::start();
    let url = "http://user:hunter2@gpu-1:8188";
    let start = |url: &str| Process::start(register().env("REDIS_URL", redis.url()).args(["--url", url, "--ttl", "1"]));
    let mut first = start(url);
    let _ = first.wait_for_line("registered `http://…@gpu-1:8188`");
    assert_eq!(redis.command::<String>(&["GET", "current_comfyui_url"]), url);
    redis.command::<()>(&["SET", "current_comfyui_url", "ftp://user:hunter2@gpu-2"]);
    let _ = first.wait_for_line("holds `ftp://…@gpu-2` now");
    assert!(!first.printed().contains(SECRET), "{}", first.printed());
}
