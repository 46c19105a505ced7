//! `cargo xtask fuzz`: builds the fuzz targets and runs them.
//!
//! They need no nightly compiler: coverage without a sanitizer is on the stable one. `cargo fuzz run -s none TARGET` does the
//! same with its own flags.

mod build;
mod minute;
mod pages;
mod run;

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use build::{build, targets};
use minute::inputs_of_a_minute;
use pages::check_pages;
use run::{Run, keep};

/// How long a target runs as a part of the tests.
const SECONDS: u64 = 60;

/// What to do with the targets.
struct Request {
    /// None for all of them.
    target: Option<String>,
    seconds: u64,
    /// Whether the inputs are the same each time, and no more than a minute's.
    is_repeatable: bool,
    /// Whether what was found becomes seeds.
    keeps: bool,
}

/// Where the targets and what belongs to them are.
struct Places {
    /// `fuzz`, seen from the folder of the workspace.
    folder: PathBuf,
    /// The folder of the programs.
    programs: PathBuf,
}

impl Places {
    fn of(&self, folder: &str, target: &str) -> PathBuf {
        self.folder.join(folder).join(target)
    }
}

/// Runs all targets for a minute each: a part of the tests.
pub(crate) fn run_all() -> Result<(), String> {
    fuzz(&Request { target: None, seconds: SECONDS, is_repeatable: true, keeps: false })
}

/// `cargo xtask fuzz [TARGET] [--seconds N] [--keep]`; `None` if the arguments are others.
pub(crate) fn run_with(arguments: &[&str]) -> Option<Result<(), String>> {
    let mut request = Request { target: None, seconds: SECONDS, is_repeatable: false, keeps: false };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match *argument {
            "--seconds" => request.seconds = arguments.next()?.parse().ok()?,
            "--keep" => request.keeps = true,
            option if option.starts_with('-') => return None,
            target if request.target.is_none() => request.target = Some(target.to_owned()),
            _ => return None,
        }
    }
    Some(fuzz(&request))
}

fn fuzz(request: &Request) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::env::set_current_dir(&root).map_err(|error| format!("`{}` cannot be entered: {error}", root.display()))?;
    let all = targets(Path::new("fuzz"))?;
    let chosen: Vec<&String> = match &request.target {
        None => all.iter().collect(),
        Some(target) if all.contains(target) => vec![target],
        Some(target) => return Err(format!("there is no fuzz target `{target}`: there are {}", all.join(", "))),
    };
    let places = build(Path::new("fuzz"))?;
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..cores.min(chosen.len()) {
            scope.spawn(|| {
                while let Some(target) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(problem) = run_target(&places, target, request) {
                        println!("{target}: {problem}");
                        failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((*target).clone());
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    if failures.is_empty() { Ok(()) } else { Err(format!("these fuzz targets have failed: {}", failures.join(", "))) }
}

fn run_target(places: &Places, target: &str, request: &Request) -> Result<(), String> {
    println!("fuzzing {target} for {} s", request.seconds);
    let run = Run { places, target };
    let inputs = if request.is_repeatable { Some(inputs_of_a_minute(target)?) } else { None };
    let done = run.start(request.seconds, inputs)?;
    if target == "foreign_metrics" {
        check_pages(&run)?;
    }
    println!("{target}: {done}");
    if request.keeps { keep(&run) } else { Ok(()) }
}
