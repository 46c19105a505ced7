//! The repository's own commands.
//!
//! `cargo xtask test` installs what the tests need and runs them; `cargo xtask install` only installs. `cargo xtask fuzz` runs the
//! fuzz targets, of which a minute each is a part of the tests. `cargo xtask annotate-crates` tries the attributes on published
//! crates. `cargo xtask lines` counts the lines of programs that are written twice.

mod counted_lines;
mod fuzz;
mod install_once;
mod lines;
mod newer_packages;
mod npm_packages;
mod python_packages;
mod system_packages;

use std::env;
use std::process::{Command, ExitCode};

const USAGE: &str = "\
usage: cargo xtask test [-- ARGUMENTS OF CARGO TEST]
       cargo xtask fuzz [TARGET] [--seconds N] [--keep]
       cargo xtask install
       cargo xtask annotate-crates [--write] [--resume] [--folder FOLDER] [CRATES]
       cargo xtask lines [--write]

  test             installs the programs that the tests need and that are missing, then runs all tests; without arguments also
                   all fuzz targets
  fuzz             runs all fuzz targets or one, each for 60 seconds, or as many as are given; with `--keep` what they have found
                   becomes seeds
  install          only installs
  annotate-crates  puts the attributes on every function of published crates, and runs their own tests
  lines            counts the lines of the examples that are written with attributes and with `metrics`; with `--write` the
                   documentation has the table";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["install"] => install(),
        ["test"] => install().and_then(|()| run_tests(&[])).and_then(|()| fuzz::run_all()),
        ["test", "--", ref rest @ ..] => install().and_then(|()| run_tests(rest)),
        ["fuzz", ref rest @ ..] => match fuzz::run_with(rest) {
            Some(result) => result,
            None => return usage(),
        },
        ["lines", ref rest @ ..] => match lines::run(rest) {
            Some(result) => result,
            None => return usage(),
        },
        ["annotate-crates", ref rest @ ..] => {
            cargo(&[&["run", "--quiet", "--locked", "--package", "annotate-crates", "--"], rest].concat())
        }
        _ => return usage(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn install() -> Result<(), String> {
    system_packages::install()?;
    npm_packages::install()?;
    python_packages::install()?;
    newer_packages::install()
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

/// The worker of the guide is built alone, as a user's is. Features are united over a workspace, and with those of the orchestrator
/// its HTTP client would not know which cryptography to use.
const ALONE: &str = "traced-worker";

fn run_tests(arguments: &[&str]) -> Result<(), String> {
    let run = |packages: &[&str]| {
        let arguments = [&["test", "--locked"], packages, arguments].concat();
        println!("running `cargo {}`", arguments.join(" "));
        cargo(&arguments)
    };
    if !arguments.is_empty() {
        return run(&["--workspace"]);
    }
    run(&["--workspace", "--exclude", ALONE])?;
    run(&["--package", ALONE])
}

fn cargo(arguments: &[&str]) -> Result<(), String> {
    // Cargo sets this variable, so all is built by the same cargo as this program.
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status =
        Command::new(cargo).args(arguments).status().map_err(|error| format!("cargo does not start: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`cargo {}` failed ({status})", arguments[0])) }
}
