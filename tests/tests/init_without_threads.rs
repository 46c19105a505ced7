//! `init` where the system gives no thread, or no more file descriptors: an error, and never a panic, wherever it is
//! called.

use std::process::{Command, Output};

use metrics_runtime::InitError;

/// Set for the process that this one starts: the system's limits are a whole process'.
const STARTED: &str = "INIT_WITHOUT_THREADS";

/// Runs the test of this name again, by this shell command, in which `"$@"` is the program.
fn again(test: &str, command: &str) -> Output {
    let program = std::env::current_exe().expect("a test knows its program");
    Command::new("sh")
        .args(["-c", command, "sh"])
        .arg(program)
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(STARTED, "yes")
        .output()
        .expect("there is a shell")
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|stream| String::from_utf8_lossy(stream).into_owned()).concat()
}

/// What `init` says to a program that calls it inside its async runtime, as with `#[tokio::main]`.
fn init_in_a_runtime() -> Option<InitError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime can be made");
    runtime.block_on(async { metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().err() })
}

#[test]
fn no_thread_is_an_error() {
    if std::env::var_os(STARTED).is_some() {
        let refusal = init_in_a_runtime().expect("there is no thread to be had");
        assert!(matches!(refusal, InitError::Thread(_)), "{refusal}");
        assert!(refusal.to_string().starts_with("cannot start the thread that serves metrics: "), "{refusal}");
        return;
    }
    // No machine has room for the stack of another thread then.
    let output = again("no_thread_is_an_error", "RUST_MIN_STACK=1152921504606846976 exec \"$@\"");
    assert!(output.status.success() && said(&output).contains("1 passed"), "{}", said(&output));
}

#[test]
fn no_file_descriptor_is_an_error() {
    if std::env::var_os(STARTED).is_some() {
        match init_in_a_runtime() {
            None => println!("it has all that it needs"),
            Some(InitError::Listen { .. }) => println!("it lacks a socket"),
            Some(InitError::Thread(_)) => println!("it lacks a runtime"),
            Some(other) => panic!("{other}"),
        }
        return;
    }
    let all: Vec<String> = (3..20)
        .map(|descriptors| {
            let output = again("no_file_descriptor_is_an_error", &format!("ulimit -n {descriptors} && exec \"$@\""));
            // With too few of them the system cannot start a program at all.
            let is_started = said(&output).contains("running 1 test");
            assert!(output.status.success() || !is_started, "{descriptors}: {}", said(&output));
            said(&output)
        })
        .collect();
    for expected in ["it lacks a runtime", "it has all that it needs"] {
        assert!(all.iter().any(|said| said.contains(expected)), "`{expected}` has not come: {all:#?}");
    }
}
