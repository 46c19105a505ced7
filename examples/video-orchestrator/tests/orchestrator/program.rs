//! Starts the program, on free ports, with its own output folder.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use serde_json::Value;
use system_tests::{Page, Process, Response};
use tempfile::TempDir;

/// The time limit for an image, as a safety net: no test waits for it.
const IMAGE_TIMEOUT: &str = "600";
/// The same where the sample jobs are done: one of them must fail at this limit, so a run takes this long. The other images
/// take a tenth of a second, which leaves room for a machine that is slow.
const SAMPLES_IMAGE_TIMEOUT: &str = "4";
/// How long 20 sampling steps take.
const FAKE_SERVER_DELAY: &str = "0.05";

/// A running orchestrator. It is killed when this is dropped.
pub(crate) struct Program {
    pub(crate) process: Process,
    out: Arc<TempDir>,
}

impl Program {
    /// Starts it with these arguments and environment variables, and with those that isolate and speed up a test.
    pub(crate) fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let out = tempfile::tempdir().expect("a temporary folder can be made");
        Self::start_in(Arc::new(out), arguments, environment)
    }

    /// The same, with an output folder that others write to too.
    pub(crate) fn start_in(out: Arc<TempDir>, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::start_built(Path::new(PROGRAM), out, arguments, environment)
    }

    /// The same with another build of the program.
    pub(crate) fn start_built(
        program: &Path,
        out: Arc<TempDir>,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let mut command = command_of(program, environment);
        command.args(["--voice", "builtin", "--out"]).arg(out.path());
        let is_set = |variable| environment.iter().any(|(name, value)| *name == variable && !value.is_empty());
        let draws_samples = !arguments.contains(&"--jobs") && !is_set("REDIS_URL") && !is_set("COMFYUI_URL");
        for (option, value) in [
            ("--intake", "127.0.0.1:0"),
            ("--image-timeout", if draws_samples { SAMPLES_IMAGE_TIMEOUT } else { IMAGE_TIMEOUT }),
            ("--fake-server-delay", FAKE_SERVER_DELAY),
        ] {
            if !arguments.contains(&option) {
                command.args([option, value]);
            }
        }
        Self { process: Process::start(command.args(arguments)), out }
    }

    /// The address of its metrics.
    pub(crate) fn metrics(&mut self) -> SocketAddr {
        self.address("metrics are at http://", "/metrics")
    }

    /// The address where it takes jobs.
    pub(crate) fn intake(&mut self) -> String {
        format!("http://{}/jobs", self.address("jobs are taken at http://", "/jobs"))
    }

    fn address(&mut self, before: &str, after: &str) -> SocketAddr {
        let line = self.process.wait_for_line(before);
        let address = line.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        address.and_then(|address| address.parse().ok()).unwrap_or_else(|| panic!("no address in `{line}`"))
    }

    /// Its page now.
    pub(crate) fn page(&mut self) -> Page {
        Page::fetch(&format!("http://{}/metrics", self.metrics()))
    }

    /// Its page now, in OpenMetrics.
    pub(crate) fn openmetrics(&mut self) -> String {
        let accept = [("accept", "application/openmetrics-text")];
        let fetched = Response::get_with_headers(&format!("http://{}/metrics", self.metrics()), &accept);
        let (response, _) = fetched.expect("it answers");
        let kind = response.header("content-type").unwrap_or_default();
        assert!(response.status == 200 && kind.starts_with("application/openmetrics-text"), "{response:?}");
        response.body
    }

    /// Waits until it has ended; returns its exit code.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        self.process.wait().code()
    }

    /// A file of a job's folder.
    pub(crate) fn file(&self, job: &str, file: &str) -> PathBuf {
        self.out.path().join(job).join(file)
    }

    /// The manifest of a job.
    pub(crate) fn manifest(&self, job: &str) -> Value {
        let path = self.file(job, "manifest.json");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).expect("a manifest is JSON")
    }
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_video-orchestrator");

/// The program, without the variables that the environment of the tests may contain.
pub(crate) fn command(environment: &[(&str, &str)]) -> Command {
    command_of(Path::new(PROGRAM), environment)
}

/// The same for another build of the program.
pub(crate) fn command_of(program: &Path, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(program);
    for variable in [
        "REDIS_URL",
        "COMFYUI_URL",
        "COMFYUI_URL_KEY",
        "COMFYUI_CHECKPOINT",
        "ENABLE_METRICS",
        "FLEET",
        "METRICS_PUSH_URL",
        "METRICS_TEXTFILE",
        "PROMETHEUS_MULTIPROC_DIR",
        "RUST_LOG",
    ] {
        command.env_remove(variable);
    }
    for variable in [
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        "OTEL_METRICS_EXPORTER",
        "OTEL_RESOURCE_ATTRIBUTES",
        "OTEL_SDK_DISABLED",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_SERVICE_NAME",
        "OTEL_TRACES_EXPORTER",
        "OTEL_TRACES_SAMPLER",
    ] {
        command.env_remove(variable);
    }
    command.env("METRICS_LISTEN", "127.0.0.1:0").envs(environment.iter().copied());
    command
}

/// A fake ComfyUI server in its own process, which a test can stop and continue: so a job is in progress for as long as the
/// test needs it, on a machine of any speed.
pub(crate) struct FakeServer {
    process: Process,
    address: String,
}

impl FakeServer {
    pub(crate) fn start() -> Self {
        Self::start_at("127.0.0.1:0", FAKE_SERVER_DELAY)
    }

    /// One that no test waits for, until it is restarted.
    pub(crate) fn start_slow() -> Self {
        Self::start_at("127.0.0.1:0", "600")
    }

    /// Starts one at an address.
    fn start_at(listen: &str, delay: &str) -> Self {
        let arguments = ["fake-server", "--fake-server-delay", delay, "--listen", listen];
        let mut process = Process::start(command(&[]).args(arguments));
        let line = process.wait_for_line(FAKE_SERVER_IS_AT);
        let address = line.strip_prefix(FAKE_SERVER_IS_AT).unwrap_or_else(|| panic!("no address in `{line}`"));
        Self { process, address: address.to_owned() }
    }

    /// Its address: `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> &str {
        &self.address
    }

    /// From now on it answers nothing.
    pub(crate) fn pause(&self) {
        self.process.signal("STOP");
    }

    /// It answers again, also what it was asked in between.
    pub(crate) fn resume(&self) {
        self.process.signal("CONT");
    }

    /// Ends it at once.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again at the same address, without what it knew.
    pub(crate) fn restart(&mut self) {
        self.kill();
        *self = Self::start_at(self.address.trim_start_matches("http://"), FAKE_SERVER_DELAY);
    }
}

const FAKE_SERVER_IS_AT: &str = "the fake server is at ";

/// Writes a job file.
pub(crate) fn write_job(folder: &Path, job_id: &str, workflow: &str) -> PathBuf {
    let path = folder.join(format!("{job_id}.json"));
    std::fs::write(&path, job(job_id, workflow)).expect("the job file can be written");
    path
}

/// The text of a job.
pub(crate) fn job(job_id: &str, workflow: &str) -> String {
    format!(
        r#"{{"run_id":"test","job_id":"{job_id}","script":"One sentence.","workflow":"{workflow}","image_prompts":["a hill"]}}"#
    )
}

/// The text of a job, with a trace of its own.
pub(crate) fn job_with(job_id: &str, traceparent: &str) -> String {
    job(job_id, "portrait").replacen('{', &format!("{{\"traceparent\":{traceparent},"), 1)
}

/// Posts a job, with headers.
pub(crate) fn post(intake: &str, headers: &[(&str, &str)], job: &str) {
    let headers = [&[("content-type", "application/json")], headers].concat();
    let answer = Response::post_with_headers(intake, &headers, job).expect("it answers");
    assert_eq!(answer.status, 202, "{}", answer.body);
}
