//! Runs one target.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use super::Places;

/// Longer inputs tell little more, and are slower.
const MAX_BYTES: usize = 4096;
/// One input takes far less than a millisecond.
const MAX_SECONDS: u64 = 20;
const MAX_MEGABYTES: u64 = 1024;

pub(super) struct Run<'a> {
    pub(super) places: &'a Places,
    pub(super) target: &'a str,
}

impl Run<'_> {
    /// Runs the target for some seconds, from its seeds and from what it has found before. With a number of inputs it stops after
    /// so many, and they are the same each time. Returns what it has done.
    pub(super) fn start(&self, seconds: u64, inputs: Option<u64>) -> Result<String, String> {
        let log = self.folder("logs")?.join("log");
        let mut command = self.command()?;
        command.arg(format!("-max_total_time={seconds}"));
        if let Some(inputs) = inputs {
            command.arg("-seed=1").arg(format!("-runs={inputs}"));
        }
        let dictionary = self.places.folder.join("dictionaries").join(format!("{}.dict", self.target));
        if dictionary.exists() {
            command.arg(format!("-dict={}", dictionary.display()));
        }
        command.arg(self.folder("corpus")?).arg(self.seeds()?);
        let status = run(&mut command, &log)?;
        let printed = fs::read(&log).map_err(|error| cannot("read", &log, &error))?;
        let printed = String::from_utf8_lossy(&printed);
        if !status.success() {
            return Err(self.failure(&printed, &log));
        }
        let done = printed.lines().rev().find(|line| line.starts_with("Done "));
        Ok(done.unwrap_or("nothing was done").to_owned())
    }

    /// The target's program, with its limits.
    pub(super) fn command(&self) -> Result<Command, String> {
        let mut command = Command::new(self.program());
        command
            .arg(format!("-max_len={MAX_BYTES}"))
            .arg(format!("-timeout={MAX_SECONDS}"))
            .arg(format!("-rss_limit_mb={MAX_MEGABYTES}"))
            // Long inputs soon: most of these are made of many lines.
            .arg("-len_control=10")
            .arg(format!("-artifact_prefix={}/", self.folder("artifacts")?.display()))
            .stdin(Stdio::null());
        Ok(command)
    }

    fn program(&self) -> PathBuf {
        self.places.programs.join(self.target)
    }

    /// The inputs that are kept in the repository.
    pub(super) fn seeds(&self) -> Result<PathBuf, String> {
        self.folder("seeds")
    }

    /// A folder for this target, which is there from now on.
    pub(super) fn folder(&self, kind: &str) -> Result<PathBuf, String> {
        let folder = self.places.of(kind, self.target);
        fs::create_dir_all(&folder).map_err(|error| cannot("create", &folder, &error))?;
        Ok(folder)
    }

    /// What was found, and how to see it again.
    fn failure(&self, printed: &str, log: &Path) -> String {
        let lines: Vec<&str> = printed.lines().collect();
        let is_report = |line: &str| line.contains("panicked at") || line.contains("ERROR: libFuzzer");
        let report = lines.iter().position(|line| is_report(line)).unwrap_or(lines.len().saturating_sub(10));
        let shown: Vec<&str> = lines[report..].iter().take(6).copied().collect();
        let input = lines.iter().find_map(|line| line.split_once("Test unit written to ")).map(|(_, input)| input);
        let again = input
            .map_or_else(String::new, |input| format!("\nthis shows it again: {} {input}", self.program().display()));
        format!("it has failed; all that it has printed is in {}\n{}{again}", log.display(), shown.join("\n"))
    }
}

/// Adds to the seeds a small set of inputs that reaches all that was found and that the seeds do not reach.
pub(super) fn keep(run: &Run<'_>) -> Result<(), String> {
    let seeds = run.seeds()?;
    let before = files(&seeds)?.len();
    let mut command = run.command()?;
    // How often a place is reached would make ten times as many inputs different.
    command.args(["-set_cover_merge=1", "-use_counters=0"]).arg(&seeds).arg(run.folder("corpus")?);
    let log = run.folder("logs")?.join("merge");
    let status = self::run(&mut command, &log)?;
    if !status.success() {
        return Err(format!("the inputs cannot be merged ({status}): {}", log.display()));
    }
    println!("{}: {} seeds, and {before} before", run.target, files(&seeds)?.len());
    Ok(())
}

/// The files of a folder, by name.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| cannot("read", folder, &error))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}

/// Runs a program whose output goes to a file.
pub(super) fn run(command: &mut Command, log: &Path) -> Result<ExitStatus, String> {
    let file = File::create(log).map_err(|error| cannot("write", log, &error))?;
    let copy = file.try_clone().map_err(|error| cannot("write", log, &error))?;
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdout(file).stderr(copy).status().map_err(|error| format!("`{name}` does not start: {error}"))
}

pub(super) fn cannot(verb: &str, path: &Path, error: &std::io::Error) -> String {
    format!("cannot {verb} `{}`: {error}", path.display())
}
