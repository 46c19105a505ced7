//! A real Prometheus, and its linter.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::process::{Command, ExitStatus, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::Response;
use crate::process::{Process, start_on_free_port, wait_until};

/// A `prometheus` of the test's own, which scrapes five times a second. It ends with this value.
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
    /// Where it does not start.
    #[must_use]
    pub fn scraping(addresses: &[SocketAddr]) -> Self {
        let targets: Vec<String> = addresses.iter().map(|address| format!("'{address}'")).collect();
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let configuration = folder.path().join("prometheus.yml");
        let text = format!(
            "global:\n  scrape_interval: 200ms\n  scrape_timeout: 200ms\n\
             scrape_configs:\n  - job_name: test\n    static_configs:\n      - targets: [{}]\n",
            targets.join(", ")
        );
        fs::write(&configuration, text).expect("the configuration can be written");
        let (process, port) = start_on_free_port(
            "prometheus",
            |port| {
                Process::start(
                    Command::new("prometheus")
                        .arg(format!("--config.file={}", configuration.display()))
                        .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
                        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
                        .current_dir(folder.path()),
                )
            },
            |port| get(port, "/-/ready", &[]).is_some(),
        );
        Self { _process: process, port, _folder: folder }
    }

    /// What a query answers now: `data.result`.
    ///
    /// # Panics
    ///
    /// Where Prometheus does not understand the query.
    #[must_use]
    pub fn query(&self, promql: &str) -> Vec<Value> {
        let body = get(self.port, "/api/v1/query", &[("query", promql)])
            .unwrap_or_else(|| panic!("Prometheus does not answer `{promql}`"));
        let answer: Value = serde_json::from_str(&body).expect("Prometheus answers in JSON");
        match &answer["data"]["result"] {
            Value::Array(result) => result.clone(),
            other => panic!("`{promql}` has no result but {other}: {answer}"),
        }
    }

    /// Waits until a query has an answer that will do.
    ///
    /// # Panics
    ///
    /// Where it has none within a minute.
    pub fn wait_for(&self, promql: &str, accept: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        wait_until(promql, || Some(self.query(promql)).filter(|result| accept(result)))
    }
}

fn get(port: u16, path: &str, query: &[(&str, &str)]) -> Option<String> {
    let response = Response::get_with(&format!("http://127.0.0.1:{port}{path}"), query).ok()?;
    (response.status == 200).then_some(response.body)
}

/// Asks Prometheus' linter about a page.
///
/// # Errors
///
/// What it finds wrong.
///
/// # Panics
///
/// Where `promtool` cannot be run.
pub fn promtool_check_metrics(page: &str) -> Result<(), String> {
    feed(Command::new("promtool").args(["check", "metrics"]), page)
}

/// Asks Prometheus' parser about a page, and takes what its linter only advises against, as other crates' names.
///
/// # Errors
///
/// What it cannot read.
///
/// # Panics
///
/// Where `promtool` cannot be run.
pub fn promtool_parse_metrics(page: &str) -> Result<(), String> {
    const ADVICE: i32 = 3;
    let (status, said) = run(Command::new("promtool").args(["check", "metrics"]), page);
    if status.success() || status.code() == Some(ADVICE) { Ok(()) } else { Err(format!("{status}: {said}")) }
}

const PARSE_OPENMETRICS: &str = "\
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
list(text_string_to_metric_families(sys.stdin.read()))
";

/// Asks the strict parser of Prometheus' Python client about a page in OpenMetrics.
///
/// # Errors
///
/// What it finds wrong.
///
/// # Panics
///
/// Where it cannot be run.
pub fn strict_parse_openmetrics(page: &str) -> Result<(), String> {
    feed(Command::new("/usr/bin/python3").args(["-c", PARSE_OPENMETRICS]), page)
}

/// Gives the page to a program, which is to say nothing about it.
fn feed(command: &mut Command, page: &str) -> Result<(), String> {
    let (status, said) = run(command, page);
    if status.success() && said.trim().is_empty() { Ok(()) } else { Err(format!("{status}: {said}")) }
}

/// Gives the page to a program; gives how it ended, and what it said.
fn run(command: &mut Command, page: &str) -> (ExitStatus, String) {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap_or_else(|error| {
            panic!("`{name}` does not start ({error}): run `cargo xtask test`, which installs what the tests need")
        });
    child.stdin.take().expect("it is piped").write_all(page.as_bytes()).expect("the program reads the page");
    let output = child.wait_with_output().expect("the program ends");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status, said)
}
