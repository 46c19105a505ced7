//! The number of instructions per call, which does not depend on other load on the machine.

use std::process::Command;

use crate::child;
use crate::report::{head, row};
use crate::subjects::{self, PLAIN, SYNC};

const CALLS: u32 = 100_000;

/// The function in which callgrind counts: only the calls, without the start of the program.
#[inline(never)]
fn counted_calls(call: fn(u32)) {
    for number in 1..=CALLS {
        call(std::hint::black_box(number));
    }
}

/// Runs in a child process.
pub fn run_calls(key: &str) -> Result<(), String> {
    let subject = SYNC.iter().find(|subject| subject.key == key).ok_or_else(|| format!("no subject is `{key}`"))?;
    subjects::set_up();
    // The first calls set up their series.
    (0..100).for_each(subject.call);
    counted_calls(subject.call);
    Ok(())
}

pub fn table() -> Result<String, String> {
    let mut table =
        format!("Instructions per call over the plain function, counted by `callgrind` over {CALLS} calls:\n\n");
    table += &head(&["", "instructions"]);
    let plain = instructions(PLAIN)?;
    for subject in SYNC.iter().filter(|subject| subject.key != PLAIN) {
        table += &row(&[subject.title(), format!("{:.0}", instructions(subject.key)? - plain)]);
    }
    Ok(table)
}

fn instructions(key: &str) -> Result<f64, String> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*counted_calls*"]);
    command.arg(child::own_path()?).args([child::CALLS, key]);
    let output = command.output();
    let output =
        output.map_err(|error| format!("cannot run valgrind, which counts instructions: {error}; install valgrind"))?;
    let log = String::from_utf8_lossy(&output.stderr);
    let collected = log.lines().find_map(|line| line.split_once("Collected :"));
    let (_, count) = collected.ok_or_else(|| format!("valgrind counted nothing: {log}"))?;
    let count: f64 = count.trim().parse().map_err(|error| format!("valgrind counted `{count}`: {error}"))?;
    Ok(count / f64::from(CALLS))
}
