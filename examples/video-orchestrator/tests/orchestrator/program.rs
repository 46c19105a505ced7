//! Starts the program, on free ports, with an output folder of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use serde_json::Value;
use system_tests::{Page, Process};
use tempfile::TempDir;

/// A running orchestrator. It is killed when this is dropped.
pub struct Program {
    pub process: Process,
    out: Arc<TempDir>,
}

impl Program {
    /// Starts it with these arguments and environment variables, besides those that keep tests apart.
    pub fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let out = tempfile::tempdir().expect("a temporary folder can be made");
        Self::start_in(Arc::new(out), arguments, environment)
    }

    /// The same, with an output folder that others write to as well.
    pub fn start_in(out: Arc<TempDir>, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = command(environment);
        command.args(["--voice", "builtin", "--out"]).arg(out.path());
        if !arguments.contains(&"--intake") {
            command.args(["--intake", "127.0.0.1:0"]);
        }
        Self { process: Process::start(command.args(arguments)), out }
    }

    /// Where it serves its metrics.
    pub fn metrics(&mut self) -> SocketAddr {
        self.address("metrics are at http://", "/metrics")
    }

    /// Where it takes jobs.
    pub fn intake(&mut self) -> String {
        format!("http://{}/jobs", self.address("jobs are taken at http://", "/jobs"))
    }

    fn address(&mut self, before: &str, after: &str) -> SocketAddr {
        let line = self.process.wait_for_line(before);
        let address = line.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        address.and_then(|address| address.parse().ok()).unwrap_or_else(|| panic!("no address in `{line}`"))
    }

    /// Its page now.
    pub fn page(&mut self) -> Page {
        Page::fetch(&format!("http://{}/metrics", self.metrics()))
    }

    /// Waits until it has ended; gives its exit code.
    pub fn exit_code(&mut self) -> Option<i32> {
        self.process.wait().code()
    }

    /// A file of a job's folder.
    pub fn file(&self, job: &str, file: &str) -> PathBuf {
        self.out.path().join(job).join(file)
    }

    /// The manifest of a job.
    pub fn manifest(&self, job: &str) -> Value {
        let path = self.file(job, "manifest.json");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).expect("a manifest is JSON")
    }
}

/// The program, without what the environment of the tests may say to it.
pub fn command(environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_video-orchestrator"));
    for variable in ["REDIS_URL", "COMFYUI_URL", "COMFYUI_URL_KEY", "COMFYUI_CHECKPOINT", "ENABLE_METRICS", "RUST_LOG"]
    {
        command.env_remove(variable);
    }
    command.env("METRICS_LISTEN", "127.0.0.1:0").envs(environment.iter().copied());
    command
}

/// A job file.
pub fn write_job(folder: &Path, job_id: &str, workflow: &str) -> PathBuf {
    let path = folder.join(format!("{job_id}.json"));
    std::fs::write(&path, job(job_id, workflow)).expect("the job file can be written");
    path
}

/// The text of a job.
pub fn job(job_id: &str, workflow: &str) -> String {
    format!(
        r#"{{"run_id":"test","job_id":"{job_id}","script":"One sentence.","workflow":"{workflow}","image_prompts":["a hill"]}}"#
    )
}
