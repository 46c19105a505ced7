//! Starts the processes that are measured.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::report::version;

const FOLDER: &str = "PROMETHEUS_MULTIPROC_DIR";

/// A program with the metrics.
pub struct Subject {
    name: String,
    program: PathBuf,
    argument: PathBuf,
}

/// A process, which answers commands. It ends when this is dropped.
pub struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Subject {
    pub fn ours() -> Result<Self, String> {
        let program = std::env::current_exe().map_err(|error| format!("the program does not find itself: {error}"))?;
        Ok(Self {
            name: format!("`metrics-runtime` {}", version("metrics-runtime")),
            program,
            argument: "worker".into(),
        })
    }

    /// Prometheus' client for Python, which is installed if it is not there.
    pub fn python() -> Result<Self, String> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let environment = here.join("../target/python");
        let requirements = include_str!("../requirements.txt").trim();
        let installed = environment.join("installed");
        if std::fs::read_to_string(&installed).is_ok_and(|installed| installed == requirements) {
            return Ok(Self::of_python(here, &environment, requirements));
        }
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
        run(Command::new(environment.join("bin/pip")).args(["install", "--quiet", requirements]))?;
        std::fs::write(&installed, requirements).map_err(|error| format!("{}: {error}", installed.display()))?;
        Ok(Self::of_python(here, &environment, requirements))
    }

    fn of_python(here: &Path, environment: &Path, requirements: &str) -> Self {
        let name = requirements.split_once("==").map(|(name, version)| format!("`{name}` {version} for Python"));
        Self {
            name: name.unwrap_or_else(|| requirements.to_owned()),
            program: environment.join("bin/python"),
            argument: here.join("src/worker.py"),
        }
    }

    pub fn name(&self) -> String {
        self.name.clone()
    }

    /// Starts a process, and waits until it has used all its metrics.
    pub fn start(&self, folder: Option<&Path>) -> Result<Process, String> {
        let mut command = Command::new(&self.program);
        command.arg(&self.argument).env_remove(FOLDER).stdin(Stdio::piped()).stdout(Stdio::piped());
        if let Some(folder) = folder {
            command.env(FOLDER, folder);
        }
        let mut child = command.spawn().map_err(|error| format!("{} does not start: {error}", self.name))?;
        let input = child.stdin.take();
        let output = child.stdout.take().ok_or("a process has no output")?;
        let mut process = Process { child, input, output: BufReader::new(output) };
        match process.line()?.as_str() {
            "ready" => Ok(process),
            other => Err(format!("{} says `{other}`", self.name)),
        }
    }
}

impl Process {
    fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        let read = self.output.read_line(&mut line).map_err(|error| error.to_string())?;
        if read == 0 { Err("a process has ended".to_owned()) } else { Ok(line.trim().to_owned()) }
    }

    /// Gives it a command; returns its answer.
    pub fn ask(&mut self, command: &str) -> Result<f64, String> {
        let input = self.input.as_mut().ok_or("a process has no input")?;
        writeln!(input, "{command}").map_err(|error| error.to_string())?;
        let line = self.line()?;
        line.parse().map_err(|error| format!("a process says `{line}`: {error}"))
    }

    /// Waits until it has ended in its own way.
    pub fn end(mut self) -> Result<(), String> {
        self.input = None;
        let status = self.child.wait().map_err(|error| error.to_string())?;
        if status.success() { Ok(()) } else { Err(format!("a process has ended: {status}")) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An error means that it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let shown = format!("{command:?}");
    let status = command.stdin(Stdio::null()).status().map_err(|error| format!("{shown} does not start: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown} failed ({status})")) }
}
