//! A real Prometheus, and its linter.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::http::is_ready;
use crate::process::{Process, does_not_start, start_on_free_port};
use crate::waiting::wait_until;
use crate::{Page, Response};

/// A `prometheus` for one test, which scrapes every second, and keeps exemplars. It ends with this value.
#[derive(Debug)]
pub struct Prometheus {
    _process: Process,
    port: u16,
    _folder: TempDir,
}

impl Prometheus {
    /// Starts one that scrapes `/metrics` at these addresses.
    ///
    /// # Panics
    ///
    /// If it does not start.
    #[must_use]
    pub fn scraping(addresses: &[SocketAddr]) -> Self {
        let targets: Vec<String> = addresses.iter().map(|address| format!("'{address}'")).collect();
        Self::configured(&format!(
            // A timeout may not be longer than the interval, and a scrape takes a few milliseconds on an idle machine.
            "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\n\
             scrape_configs:\n  - job_name: test\n    static_configs:\n      - targets: [{}]\n",
            targets.join(", ")
        ))
    }

    /// Starts one with this configuration.
    ///
    /// # Panics
    ///
    /// If it does not start.
    #[must_use]
    pub fn configured(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let configuration = folder.path().join("prometheus.yml");
        fs::write(&configuration, text).expect("the configuration can be written");
        let (process, port) = start_on_free_port(
            "prometheus",
            |port| {
                Process::start(
                    Command::new("prometheus")
                        .arg(format!("--config.file={}", configuration.display()))
                        .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
                        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
                        .arg("--enable-feature=exemplar-storage")
                        .current_dir(folder.path()),
                )
            },
            |port, _| is_ready(&format!("http://127.0.0.1:{port}/-/ready")),
        );
        Self { _process: process, port, _folder: folder }
    }

    /// The page of its own metrics.
    ///
    /// # Panics
    ///
    /// If it cannot be fetched.
    #[must_use]
    pub fn page(&self) -> Page {
        Page::fetch(&format!("http://127.0.0.1:{}/metrics", self.port))
    }

    /// The result of a query now: `data.result` of the answer.
    ///
    /// # Panics
    ///
    /// If Prometheus does not understand the query.
    #[must_use]
    pub fn query(&self, promql: &str) -> Vec<Value> {
        let answer = self.ask("query", &[("query", promql)]);
        match &answer["data"]["result"] {
            Value::Array(result) => result.clone(),
            other => panic!("`{promql}` has no result but {other}: {answer}"),
        }
    }

    /// Waits until a query has a result that `accept` takes.
    ///
    /// # Panics
    ///
    /// If it has none within [`SAFETY_LIMIT`](crate::SAFETY_LIMIT).
    pub fn wait_for(&self, promql: &str, accept: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        wait_until(promql, || Some(self.query(promql)).filter(|result| accept(result)))
    }

    /// The answer of its API.
    ///
    /// # Panics
    ///
    /// If it does not answer, or with an error.
    pub(crate) fn ask(&self, name: &str, query: &[(&str, &str)]) -> Value {
        let response = Response::get_with(&format!("http://127.0.0.1:{}/api/v1/{name}", self.port), query);
        let response = response.unwrap_or_else(|error| panic!("Prometheus does not answer {query:?}: {error}"));
        assert_eq!(response.status, 200, "Prometheus does not understand {query:?}: {}", response.body);
        serde_json::from_str(&response.body).expect("Prometheus answers in JSON")
    }
}

/// Checks a page with Prometheus' linter.
///
/// # Errors
///
/// With what it finds wrong.
///
/// # Panics
///
/// If `promtool` cannot be run.
pub fn promtool_check_metrics(page: &str) -> Result<(), String> {
    check(Command::new("promtool").args(["check", "metrics"]), page)
}

/// Checks a page with Prometheus' parser; accepts what the linter only advises against, such as other crates' names.
///
/// # Errors
///
/// With what it cannot read.
///
/// # Panics
///
/// If `promtool` cannot be run.
pub fn promtool_parse_metrics(page: &str) -> Result<(), String> {
    const ADVICE: i32 = 3;
    let (status, printed) = run(Command::new("promtool").args(["check", "metrics"]), page);
    if status.success() || status.code() == Some(ADVICE) { Ok(()) } else { Err(format!("{status}: {printed}")) }
}

/// Runs `promtool` with these arguments in a folder.
///
/// # Errors
///
/// With what it printed, if it did not succeed.
///
/// # Panics
///
/// If it cannot be run.
pub fn promtool(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let (status, printed) = run(Command::new("promtool").args(arguments).current_dir(folder), "");
    if status.success() { Ok(printed) } else { Err(format!("{status}: {printed}")) }
}

const PARSE_OPENMETRICS: &str = "\
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
list(text_string_to_metric_families(sys.stdin.read()))
";

/// Checks a page in OpenMetrics with the strict parser of Prometheus' Python client.
///
/// # Errors
///
/// With what it finds wrong.
///
/// # Panics
///
/// If it cannot be run.
pub fn strict_parse_openmetrics(page: &str) -> Result<(), String> {
    check(Command::new("/usr/bin/python3").args(["-c", PARSE_OPENMETRICS]), page)
}

/// Gives the page to a program, which must succeed and print nothing.
fn check(command: &mut Command, page: &str) -> Result<(), String> {
    let (status, printed) = run(command, page);
    if status.success() && printed.trim().is_empty() { Ok(()) } else { Err(format!("{status}: {printed}")) }
}

/// Gives the page to a program; returns how it ended and what it printed.
fn run(command: &mut Command, page: &str) -> (ExitStatus, String) {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}", does_not_start(&name, &error)));
    child.stdin.take().expect("it is piped").write_all(page.as_bytes()).expect("the program reads the page");
    let output = child.wait_with_output().expect("the program ends");
    let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status, printed)
}
