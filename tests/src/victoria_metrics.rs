//! A real `victoria-metrics`, which takes OTLP.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::http::is_ready;
use crate::process::{Process, free_port, start_on_free_port};
use crate::{Certificate, Response};

/// A `victoria-metrics` for one test. It ends with this value.
#[derive(Debug)]
pub struct VictoriaMetrics {
    _process: Process,
    port: u16,
    /// Where it takes OTLP.
    url: String,
    _folder: TempDir,
}

/// The last value of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Its labels; its name is `__name__`.
    pub labels: BTreeMap<String, String>,
    /// Its value.
    pub value: f64,
}

impl VictoriaMetrics {
    /// Starts one that makes Prometheus' names of what OTLP brings.
    ///
    /// # Panics
    ///
    /// If it does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[], |port| format!("http://127.0.0.1:{port}"))
    }

    /// The same, which takes OTLP with TLS.
    ///
    /// # Panics
    ///
    /// If it does not start.
    #[must_use]
    pub fn start_with_tls(certificate: &Certificate) -> Self {
        let port = free_port();
        let options = [
            format!("-httpListenAddr=127.0.0.1:{port}"),
            // The first of each is that of the address without TLS.
            "-tls=false,true".to_owned(),
            format!("-tlsCertFile=,{}", certificate.path().display()),
            format!("-tlsKeyFile=,{}", certificate.key().display()),
        ];
        Self::start_with(&options, |_| format!("https://localhost:{port}"))
    }

    fn start_with(options: &[String], url: impl Fn(u16) -> String) -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("debian/unpacked/usr/bin/victoria-metrics");
        assert!(program.exists(), "{} is missing: `cargo xtask install` unpacks it", program.display());
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let (process, port) = start_on_free_port(
            "victoria-metrics",
            |port| {
                Process::start(
                    Command::new(&program)
                        .arg(format!("-httpListenAddr=127.0.0.1:{port}"))
                        .args(options)
                        .arg(format!("-storageDataPath={}", folder.path().join("data").display()))
                        // What has come is there at once.
                        .args(["-search.latencyOffset=0s", "-search.disableCache"])
                        .arg("-opentelemetry.usePrometheusNaming")
                        .current_dir(folder.path()),
                )
            },
            |port, _| is_ready(&format!("http://127.0.0.1:{port}/health")),
        );
        let url = format!("{}/opentelemetry/v1/metrics", url(port));
        Self { _process: process, port, url, _folder: folder }
    }

    /// The URL that takes metrics in OTLP.
    #[must_use]
    pub fn otlp_url(&self) -> &str {
        &self.url
    }

    /// The last values of all series.
    ///
    /// # Panics
    ///
    /// If it does not answer.
    #[must_use]
    pub fn samples(&self) -> Vec<Sample> {
        let base = format!("http://127.0.0.1:{}", self.port);
        // Otherwise what has come is found some seconds later.
        Response::get(&format!("{base}/internal/force_flush")).expect("VictoriaMetrics answers");
        let url = format!("{base}/api/v1/export");
        let response = Response::get_with(&url, &[("match[]", "{__name__!=\"\"}"), ("reduce_mem_usage", "1")]);
        let body = response.expect("VictoriaMetrics answers").body;
        body.lines().map(|line| sample(line).unwrap_or_else(|| panic!("{line} is not a series"))).collect()
    }
}

fn sample(line: &str) -> Option<Sample> {
    let line: Value = serde_json::from_str(line).ok()?;
    let labels = line["metric"].as_object()?.iter();
    let labels = labels.map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect::<Option<_>>()?;
    let values = line["values"].as_array()?.iter().zip(line["timestamps"].as_array()?);
    let (last, _) = values.max_by_key(|(_, time)| time.as_i64())?;
    let value = match last {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => match text.as_str() {
            "Infinity" => f64::INFINITY,
            "-Infinity" => f64::NEG_INFINITY,
            other => other.parse().ok()?,
        },
        Value::Null => f64::NAN,
        _ => return None,
    };
    Some(Sample { labels, value })
}
