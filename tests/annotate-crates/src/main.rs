//! `cargo xtask annotate-crates`: see the library.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use annotate_crates::attributes::{AttributeSet, SETS};
use annotate_crates::crates::CRATES;
use annotate_crates::report::{replace_tables, tables};
use annotate_crates::summary::Summary;
use annotate_crates::trial::{Trial, try_crate};
use annotate_crates::workspace::{Workspace, download, read, write};

const USAGE: &str = "\
usage: cargo xtask annotate-crates [--write] [--resume] [--folder FOLDER] [CRATES]

  Puts our attributes on every function of published crates, and runs their own tests. Downloads the crates and what
  they depend on.

  --write          also writes the tables of docs/limits.md and the lock file; needs all crates
  --resume         takes from an earlier run what it found without faults
  --folder FOLDER  where they are built, by default target/annotate-crates
  CRATES           the names of some, by default all";

fn main() -> ExitCode {
    let Some(options) = Options::parse(env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(&options) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(faults) => {
            eprintln!("error: {faults} faults");
            ExitCode::FAILURE
        }
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

struct Options {
    write: bool,
    resume: bool,
    folder: PathBuf,
    names: Vec<String>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let folder = repository().join("target/annotate-crates");
        let mut options = Self { write: false, resume: false, folder, names: Vec::new() };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--write" => options.write = true,
                "--resume" => options.resume = true,
                "--folder" => options.folder = arguments.next()?.into(),
                name if CRATES.iter().any(|known| known.name == name) => options.names.push(argument),
                _ => return None,
            }
        }
        (options.names.is_empty() || !options.write).then_some(options)
    }
}

/// Returns the number of faults.
fn run(options: &Options) -> Result<usize, String> {
    let repository = repository();
    let lock = repository.join("tests/annotate-crates/crates.lock");
    let packages = download(&CRATES, &options.folder.join("download"))?;
    let workspace = Workspace::new(
        &options.folder.join("crates"),
        &options.folder.join("target"),
        &repository.join("metrics-runtime"),
        Some(&lock),
        &packages,
    )?;
    workspace.fetch()?;
    let results = options.folder.join("results");
    let mut summaries = Vec::new();
    let mut faults = 0;
    for package in &packages {
        if !options.names.is_empty() && !options.names.contains(&package.name) {
            continue;
        }
        let kept = Summary::kept(&results, &package.name, &package.version).filter(|_| options.resume);
        let good = kept.iter().flat_map(|kept| &kept.sets).filter(|set| set.faults == 0);
        let good: Vec<&str> = good.map(|set| set.set.as_str()).collect();
        let missing: Vec<AttributeSet> = SETS.into_iter().filter(|set| !good.contains(&set.name)).collect();
        if let Some(kept) = kept.as_ref().filter(|_| missing.is_empty()) {
            println!("{} {}: known from an earlier run", kept.name, kept.version);
            summaries.push(kept.clone());
            continue;
        }
        let begin = Instant::now();
        let trial = try_crate(&workspace, package, &missing)?;
        faults += print_details(&trial);
        let mut summary = Summary::from(&trial);
        summary.sets.extend(kept.into_iter().flat_map(|kept| kept.sets).filter(|set| set.faults == 0));
        summary.sets.sort_by_key(|known| SETS.iter().position(|set| set.name == known.set));
        println!("{}in {} s\n", tables(std::slice::from_ref(&summary)), begin.elapsed().as_secs());
        summary.keep(&results)?;
        summaries.push(summary);
    }
    let tables = tables(&summaries);
    println!("{tables}");
    if options.write && faults == 0 {
        let page = repository.join("docs/limits.md");
        write(&page, &replace_tables(&read(&page)?, &tables)?)?;
        write(&lock, &read(&workspace.lock())?)?;
    }
    Ok(faults)
}

/// Prints what the tables do not show. Returns the number of faults.
fn print_details(trial: &Trial) -> usize {
    for ((target, name), _) in trial.before.0.iter().filter(|(_, ending)| *ending == "FAILED") {
        println!("  fails as published: {target} {name}");
    }
    for (target, name) in &trial.unstable {
        println!("  not compared, since it changes from run to run: {target} {name}");
    }
    for set in &trial.sets {
        for fault in &set.faults {
            println!("  {}, {}: {fault}", trial.package.name, set.set);
        }
    }
    trial.sets.iter().map(|set| set.faults.len()).sum()
}

fn repository() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_owned()
}
