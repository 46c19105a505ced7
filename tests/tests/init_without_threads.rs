//! `init` when the system has no thread or no file descriptor left: an error and never a panic, wherever it is called.

use std::process::{Command, Output};

use metrics_runtime::InitError;

/// Set for the process that this one starts, because the system's limits apply to a whole process.
const STARTED: &str = "INIT_WITHOUT_THREADS";

/// Runs the test of this name again, with this shell command, in which `"$@"` is the program.
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

fn printed(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|stream| String::from_utf8_lossy(stream).into_owned()).concat()
}

/// The error of `init` for a program that calls it inside its async runtime, as with `#[tokio::main]`.
fn init_in_a_runtime() -> Option<InitError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime can be made");
    runtime.block_on(async { metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().err() })
}

#[test]
fn no_thread_is_an_error() {
    if std::env::var_os(STARTED).is_some() {
        let refusal = init_in_a_runtime().expect("no thread can be started");
        assert!(matches!(refusal, InitError::Thread(_)), "{refusal}");
        assert!(refusal.to_string().starts_with("cannot start the thread that serves metrics: "), "{refusal}");
        return;
    }
    // No machine has enough memory for a stack of this size.
    let output = again("no_thread_is_an_error", "RUST_MIN_STACK=1152921504606846976 exec \"$@\"");
    assert!(output.status.success() && printed(&output).contains("1 passed"), "{}", printed(&output));
}

#[test]
fn no_file_descriptor_is_an_error() {
    if std::env::var_os(STARTED).is_some() {
        match init_in_a_runtime() {
            None => println!("it has everything"),
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
            let is_started = printed(&output).contains("running 1 test");
            assert!(output.status.success() || !is_started, "{descriptors}: {}", printed(&output));
            printed(&output)
        })
        .collect();
    for expected in ["it lacks a runtime", "it has everything"] {
        assert!(all.iter().any(|printed| printed.contains(expected)), "`{expected}` was not printed: {all:#?}");
    }
}
