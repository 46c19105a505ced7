//! A real Pushgateway, and a real `node_exporter` that reads files.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::http::is_ready;
use crate::process::{Process, start_on_free_port};
use crate::{Certificate, Page};

/// A `prometheus-pushgateway` for one test. It ends with this value.
#[derive(Debug)]
pub struct Pushgateway {
    _process: Process,
    url: String,
    _folder: TempDir,
}

impl Pushgateway {
    /// Starts one.
    ///
    /// # Panics
    ///
    /// If it does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::configured("", "http://127.0.0.1", |port| is_ready(&format!("http://127.0.0.1:{port}/-/ready")))
    }

    /// Starts one that speaks TLS. [`page`](Self::page) does not trust it.
    ///
    /// # Panics
    ///
    /// If it does not start.
    #[must_use]
    pub fn start_with_tls(certificate: &Certificate) -> Self {
        let (certificate, key) = (certificate.path(), certificate.key());
        let configuration =
            format!("tls_server_config:\n  cert_file: {}\n  key_file: {}\n", certificate.display(), key.display());
        Self::configured(&configuration, "https://localhost", |port| TcpStream::connect(("127.0.0.1", port)).is_ok())
    }

    fn configured(configuration: &str, base: &str, is_ready: impl Fn(u16) -> bool) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let file = folder.path().join("web.yml");
        fs::write(&file, configuration).expect("the configuration can be written");
        let (process, port) = start_on_free_port(
            "prometheus-pushgateway",
            |port| {
                Process::start(
                    Command::new("prometheus-pushgateway")
                        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
                        .arg(format!("--web.config.file={}", file.display()))
                        // Debian's has a file for all, in which the groups of one test would be there for another.
                        .arg("--persistence.file="),
                )
            },
            |port, _| is_ready(port),
        );
        Self { _process: process, url: format!("{base}:{port}"), _folder: folder }
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its page.
    #[must_use]
    pub fn page(&self) -> Page {
        Page::fetch(&format!("{}/metrics", self.url))
    }
}

/// A `prometheus-node-exporter` for one test that only reads the files of a folder. It ends with this value.
#[derive(Debug)]
pub struct NodeExporter {
    process: Process,
    url: String,
}

impl NodeExporter {
    /// Starts one.
    ///
    /// # Panics
    ///
    /// If it does not start.
    #[must_use]
    pub fn reading(folder: &Path) -> Self {
        let (process, port) = start_on_free_port(
            "prometheus-node-exporter",
            |port| {
                Process::start(
                    Command::new("prometheus-node-exporter")
                        .args(["--collector.disable-defaults", "--collector.textfile"])
                        .arg(format!("--collector.textfile.directory={}", folder.display()))
                        .arg(format!("--web.listen-address=127.0.0.1:{port}")),
                )
            },
            |port, _| is_ready(&format!("http://127.0.0.1:{port}/")),
        );
        Self { process, url: format!("http://127.0.0.1:{port}/metrics") }
    }

    /// Its page.
    #[must_use]
    pub fn page(&self) -> Page {
        Page::fetch(&self.url)
    }

    /// What it has logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.process.printed()
    }
}
