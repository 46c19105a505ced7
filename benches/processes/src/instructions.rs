//! The number of instructions of a measured call, with the values in the process and in a folder.

use metrics_runtime::{Label, counted_failure, timed};

use crate::callgrind;

const CALLS: u32 = 100_000;
const FOLDER: &str = "PROMETHEUS_MULTIPROC_DIR";

#[derive(Clone, Copy, Label)]
enum Step {
    Draw,
    Upscale,
}

const fn step(number: u32) -> Step {
    if number.is_multiple_of(2) { Step::Draw } else { Step::Upscale }
}

#[inline(never)]
fn plain(number: u32) -> Result<u32, u32> {
    let _ = step(number);
    if number == u32::MAX { Err(number) } else { Ok(number) }
}

#[timed(
    histogram = "bench_call_seconds",
    labels(step: Step = step(number)),
    buckets(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5),
    description = "A call."
)]
#[counted_failure(counter = "bench_call_failures_total", description = "A failure.")]
#[inline(never)]
fn measured(number: u32) -> Result<u32, u32> {
    if number == u32::MAX { Err(number) } else { Ok(number) }
}

/// The function in which callgrind counts.
#[inline(never)]
fn counted_calls(call: fn(u32) -> Result<u32, u32>) {
    for number in 1..=CALLS {
        let _ = std::hint::black_box(call(std::hint::black_box(number)));
    }
}

/// Runs in a child process.
pub fn run(what: &str) -> Result<(), String> {
    let _handle = metrics_runtime::builder().no_listener().init().map_err(|error| error.to_string())?;
    let call = if what == "plain" { plain } else { measured };
    // The first calls set up their series.
    for number in 0..100 {
        let _ = call(number);
    }
    counted_calls(call);
    Ok(())
}

/// The instructions of a call over the plain function, without a folder and with one.
pub fn without_and_with_folder() -> Result<[f64; 2], String> {
    let folder = super::folder()?;
    let plain = instructions("plain", None)?;
    let without = instructions("measured", None)?;
    let with = instructions("measured", Some(folder.path()))?;
    Ok([without - plain, with - plain])
}

fn instructions(what: &str, folder: Option<&std::path::Path>) -> Result<f64, String> {
    let program = std::env::current_exe().map_err(|error| format!("the program does not find itself: {error}"))?;
    let count = callgrind::count(|command| {
        command.arg(program).args(["instructions", what]).env_remove(FOLDER);
        if let Some(folder) = folder {
            command.env(FOLDER, folder);
        }
    })?;
    Ok(count / f64::from(CALLS))
}
