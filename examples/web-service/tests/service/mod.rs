//! Starts one of the two programs, on free ports and with its own database.

use std::path::PathBuf;
use std::process::Command;

use rusqlite::Connection;
use system_tests::{Page, Process, Response, wait_until};
use tempfile::TempDir;

/// The annotated program, and its twin.
pub(crate) const PROGRAMS: [&str; 2] = [env!("CARGO_BIN_EXE_web-service"), env!("CARGO_BIN_EXE_web-service-plain")];

/// A running service. It is killed when this is dropped.
pub(crate) struct Service {
    _process: Process,
    pub(crate) address: String,
    metrics: String,
    folder: TempDir,
    connections: f64,
}

impl Service {
    pub(crate) fn start(program: &str, environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let mut process = Process::start(
            Command::new(program)
                .env("LISTEN", "127.0.0.1:0")
                .env("METRICS_LISTEN", "127.0.0.1:0")
                .env("DATABASE", folder.path().join("notes.sqlite"))
                .envs(environment.iter().copied()),
        );
        let notes = process.wait_for_line("notes are at ");
        let address = notes.trim_start_matches("notes are at http://").trim_end_matches("/notes").to_owned();
        let metrics = process.wait_for_line("metrics are at ").trim_start_matches("metrics are at ").to_owned();
        let connections = environment.iter().find(|(name, _)| *name == "CONNECTIONS").map_or("4", |(_, value)| value);
        let connections = connections.parse().expect("it is a number");
        Self { _process: process, address, metrics, folder, connections }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Sends a request, and gives the status and the body of the answer.
    pub(crate) fn send(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let url = self.url(path);
        let response = match method {
            "GET" => Response::get(&url),
            "DELETE" => Response::delete(&url),
            _ => Response::post_json(&url, body),
        };
        let response = response.unwrap_or_else(|error| panic!("{method} {url}: {error}"));
        (response.status, response.body)
    }

    pub(crate) fn page(&self) -> Page {
        Page::fetch(&self.metrics)
    }

    /// The page when no request is left, and all connections are in the pool: the answer to a client is not the last thing that
    /// is done for it.
    pub(crate) fn settled_page(&self) -> Page {
        wait_until("the end of all requests", || {
            let page = self.page();
            let is_idle = page.value("pool_idle_connections", &[]) == Some(self.connections);
            let exports: f64 = page.series("export_seconds_count").iter().map(|(_, value)| value).sum();
            let series = [("method", "GET"), ("route", "/export"), ("status", "200")];
            let has_ended = page.value("http_request_seconds_count", &series) == Some(exports);
            let in_flight: f64 = page.series("http_requests_in_flight").iter().map(|(_, value)| value).sum();
            (is_idle && has_ended && in_flight == 0.0).then_some(page)
        })
    }

    /// A connection of its own to the database.
    pub(crate) fn database(&self) -> Connection {
        Connection::open(self.database_file()).expect("the service has made it")
    }

    pub(crate) fn database_file(&self) -> PathBuf {
        self.folder.path().join("notes.sqlite")
    }
}
