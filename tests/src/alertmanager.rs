//! A real Alertmanager, and a webhook that it tells.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

use crate::http::is_ready;
use crate::process::{Process, start_on_free_port};

/// An `alertmanager` for one test, which tells a webhook of each alert at once. It ends with this value.
#[derive(Debug)]
pub struct Alertmanager {
    _process: Process,
    address: SocketAddr,
    webhook: Webhook,
    _folder: TempDir,
}

impl Alertmanager {
    /// Starts one.
    ///
    /// # Panics
    ///
    /// If it does not start.
    #[must_use]
    pub fn start() -> Self {
        let webhook = Webhook::listen();
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let configuration = folder.path().join("alertmanager.yml");
        let text = format!(
            "route:\n  receiver: test\n  group_by: [alertname]\n  group_wait: 0s\n  group_interval: 1s\n  repeat_interval: 1h\n\
             receivers:\n  - name: test\n    webhook_configs:\n      - url: http://{}/\n        send_resolved: true\n",
            webhook.address
        );
        fs::write(&configuration, text).expect("the configuration can be written");
        let (process, port) = start_on_free_port(
            "prometheus-alertmanager",
            |port| {
                Process::start(
                    Command::new("prometheus-alertmanager")
                        .arg(format!("--config.file={}", configuration.display()))
                        .arg(format!("--storage.path={}", folder.path().join("data").display()))
                        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
                        // It is alone.
                        .arg("--cluster.listen-address=")
                        .current_dir(folder.path()),
                )
            },
            |port, _| is_ready(&format!("http://127.0.0.1:{port}/-/ready")),
        );
        Self { _process: process, address: ([127, 0, 0, 1], port).into(), webhook, _folder: folder }
    }

    /// Where Prometheus sends its alerts.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The names of the alerts that the webhook was told of, with their states: `WorkerGone firing`.
    #[must_use]
    pub fn told(&self) -> BTreeSet<String> {
        let told = self.webhook.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.clone()
    }
}

/// A server that takes what an Alertmanager posts.
#[derive(Debug)]
struct Webhook {
    address: SocketAddr,
    told: Arc<Mutex<BTreeSet<String>>>,
}

impl Webhook {
    fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let told = Arc::new(Mutex::new(BTreeSet::new()));
        let kept = Arc::clone(&told);
        // It ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Some(body) = take_request(stream) {
                    let alerts = body["alerts"].as_array().cloned().unwrap_or_default();
                    let mut told = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    told.extend(alerts.iter().map(|alert| {
                        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                        format!("{} {}", text(&alert["labels"]["alertname"]), text(&alert["status"]))
                    }));
                }
            }
        });
        Self { address, told }
    }
}

/// Reads one request, and answers it; its body is JSON.
fn take_request(stream: TcpStream) -> Option<Value> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").ok()?;
    serde_json::from_slice(&body).ok()
}
