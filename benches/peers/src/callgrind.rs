//! Counts the instructions that a program executes in the functions `counted_calls`.

use std::process::Command;

/// Runs a program under `callgrind`. `prepare` adds the program and its arguments.
pub fn count(prepare: impl FnOnce(&mut Command)) -> Result<f64, String> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*counted_calls*"]);
    prepare(&mut command);
    let output = command.output();
    let output =
        output.map_err(|error| format!("cannot run valgrind, which counts instructions: {error}; install valgrind"))?;
    let log = String::from_utf8_lossy(&output.stderr);
    let collected = log.lines().find_map(|line| line.split_once("Collected :"));
    let (_, count) = collected.ok_or_else(|| format!("valgrind counted nothing: {log}"))?;
    count.trim().parse().map_err(|error| format!("valgrind counted `{count}`: {error}"))
}
