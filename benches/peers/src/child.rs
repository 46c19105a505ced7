//! Child processes: for settings that a process can have only once, and for measurements that need a separate process.

use std::process::Command;

/// Metrics switched off, compared with the plain function.
pub const OFF: &str = "child-off";
/// Calls of one subject, for the count of instructions.
pub const CALLS: &str = "child-calls";
/// Samples of one subject without a scrape.
pub const GROWTH: &str = "child-growth";
/// Calls while a receiver of exports is in one state.
pub const RECEIVER: &str = "child-receiver";
/// One subject with more and more threads.
pub const THREADS: &str = "child-threads";
/// Calls on a thread that shares its memory with others.
pub const SHARED: &str = "child-shared";
/// A number of series of one subject.
pub const SERIES: &str = "child-series";

/// Runs this program as a child process, and returns its output.
pub fn run(verb: &str, subject: Option<&str>) -> Result<String, String> {
    let mut command = Command::new(own_path()?);
    command.arg(verb).args(subject);
    if verb == OFF {
        command.env("ENABLE_METRICS", "false");
    }
    output(&mut command)
}

pub fn own_path() -> Result<std::path::PathBuf, String> {
    std::env::current_exe().map_err(|error| format!("cannot find the program's own file: {error}"))
}

/// Runs a command, and returns its output.
pub fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("cannot run {command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("{command:?} printed invalid UTF-8: {error}"))
}

/// Parses the numbers that a child process printed, separated by whitespace.
pub fn numbers(printed: &str) -> Result<Vec<f64>, String> {
    let number = |text: &str| text.parse().map_err(|error| format!("a child process printed `{text}`: {error}"));
    printed.split_whitespace().map(number).collect()
}
