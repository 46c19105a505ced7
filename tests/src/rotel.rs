//! A real collector of OTLP.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::Response;
use crate::process::{Process, free_port, start_on_free_port};

/// A `rotel` for one test, which sends on what it receives. It ends with this value.
#[derive(Debug)]
pub struct Rotel {
    _process: Process,
    port: u16,
    _folder: TempDir,
}

impl Rotel {
    /// Starts one that sends what it receives on to a URL.
    ///
    /// # Panics
    ///
    /// If it does not start.
    #[must_use]
    pub fn sending_to(url: &str) -> Self {
        let environment = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/.venv");
        let program = packaged(&environment).unwrap_or_else(|| {
            panic!("`rotel` is missing in {}: `cargo xtask install` installs it", environment.display())
        });
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let (process, port) = start_on_free_port(
            "rotel",
            |port| {
                let mut command = Command::new(&program);
                command
                    .args(["start", "--exporter", "otlp", "--otlp-exporter-protocol", "http"])
                    .args(["--otlp-http-endpoint", &format!("127.0.0.1:{port}")])
                    .args(["--otlp-grpc-endpoint", &format!("127.0.0.1:{}", free_port())])
                    .args(["--otlp-exporter-metrics-endpoint", url])
                    .args(["--otlp-exporter-traces-endpoint", url])
                    .args(["--otlp-exporter-logs-endpoint", url])
                    .arg("--disable-batching")
                    .current_dir(folder.path());
                Process::start(&mut command)
            },
            // Any answer means that it listens.
            |port, _| Response::get(&format!("http://127.0.0.1:{port}/")).is_ok(),
        );
        Self { _process: process, port, _folder: folder }
    }

    /// The base URL that takes OTLP.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// The program in its package, in whatever version of Python.
fn packaged(environment: &Path) -> Option<std::path::PathBuf> {
    let versions = std::fs::read_dir(environment.join("lib")).ok()?.filter_map(Result::ok);
    versions.map(|version| version.path().join("site-packages/rotel/rotel-agent")).find(|program| program.exists())
}
