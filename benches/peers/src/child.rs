//! Processes of their own: for what a process can be only once, or must be alone to measure.

use std::process::Command;

/// The mode *off*, beside the plain function.
pub const OFF: &str = "child-off";
/// So many calls of one subject, for a counter of instructions.
pub const CALLS: &str = "child-calls";
/// So many samples that nobody scrapes.
pub const GROWTH: &str = "child-growth";

/// Runs this program anew, and gives what it prints.
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

fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("cannot run {command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("{command:?} printed no text: {error}"))
}

/// One number for each word that a child has printed.
pub fn numbers(printed: &str) -> Result<Vec<f64>, String> {
    let number = |word: &str| word.parse().map_err(|error| format!("a child printed `{word}`: {error}"));
    printed.split_whitespace().map(number).collect()
}
