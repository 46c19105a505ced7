//! Starts one of the two programs, with two mirrors, a configuration of twelve tenants, and its jobs.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use system_tests::{Page, Process, Response, start_on_free_port};
use tempfile::TempDir;

use crate::mirror::{Manners, start_mirrors};

/// The annotated program, and its twin.
pub(crate) const PROGRAMS: [&str; 2] = [env!("CARGO_BIN_EXE_tenant-worker"), env!("CARGO_BIN_EXE_tenant-worker-plain")];

const TENANTS: [&str; 12] = [
    "acme", "borealis", "cobalt", "delta", "ember", "fjord", "granite", "harbour", "indigo", "juniper", "kestrel",
    "lumen",
];

/// A running worker. It is killed when this is dropped.
pub(crate) struct Worker {
    process: Process,
    metrics: String,
    _folder: TempDir,
}

impl Worker {
    /// Starts it with these jobs, of which each may take so many seconds.
    pub(crate) fn start(program: &str, jobs: &[Value], limit: f64) -> Self {
        Self::start_in(program, jobs, limit, |_| ())
    }

    /// Starts it in a folder that was made ready.
    pub(crate) fn start_in(program: &str, jobs: &[Value], limit: f64, make_ready: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        make_ready(folder.path());
        let jobs: Vec<String> = jobs.iter().map(|job| format!("{job}\n")).collect();
        fs::write(folder.path().join("jobs.jsonl"), jobs.concat()).expect("the folder can be written");
        let addresses = start_mirrors([
            Manners { answers: &["first"], closes: &["broken"] },
            Manners { answers: &["second"], closes: &[] },
        ]);
        let config = folder.path().join("worker.toml");
        let mirrors_text = format!("mirrors = {:?}", addresses.map(|address| address.to_string()));
        let files = "jobs = \"jobs.jsonl\"\npaused = \"paused.txt\"\n";
        let text =
            format!("{files}workers = 1\njob_limit_seconds = {limit:?}\ntenants = {TENANTS:?}\n{mirrors_text}\n");
        let metrics = |port| format!("http://127.0.0.1:{port}/metrics");
        let start = |port| {
            let listen = format!("listen = \"127.0.0.1:{port}\"\n");
            fs::write(&config, text.clone() + &listen).expect("the folder can be written");
            Process::start(Command::new(program).arg(&config))
        };
        let (process, port) = start_on_free_port("the worker", start, |port, _| Response::get(&metrics(port)).is_ok());
        Self { process, metrics: metrics(port), _folder: folder }
    }

    pub(crate) fn page(&self) -> Page {
        Page::fetch(&self.metrics)
    }

    /// The page when all jobs have been done.
    pub(crate) fn last_page(&mut self) -> Page {
        let _ = self.process.wait_for_line("all jobs are done");
        self.page()
    }
}
