//! The alerts by the whole chain: the program, Prometheus with the generated rules, Alertmanager, and whoever it tells.

use std::fs;
use std::path::Path;

use system_tests::{Alertmanager, Prometheus, RedisServer, free_port, wait_until};

use crate::program::{FakeServer, Program, job};

const LIST: &str = "video_orchestrator:queue";

/// The generated alerts with all their times cut to seconds: a test cannot wait for ten minutes.
fn quick_rules(folder: &Path) -> String {
    let rules: Vec<String> = include_str!("../../metrics/alerts.rules.yml").lines().map(quick_line).collect();
    let path = folder.join("alerts.rules.yml");
    fs::write(&path, rules.join("\n")).expect("it can be written");
    path.display().to_string()
}

/// `for: 5m` becomes `for: 1s`, and a window such as `[5m]` becomes `[10s]`. The window of what was last known stays.
fn quick_line(line: &str) -> String {
    if line.trim_start().starts_with("for: ") {
        let indentation = line.len() - line.trim_start().len();
        return format!("{:indentation$}for: 1s", "");
    }
    let mut quick = line.to_owned();
    for minutes in ["[1m]", "[5m]", "[10m]", "[15m]"] {
        quick = quick.replace(minutes, "[10s]");
    }
    quick
}

#[test]
fn a_worker_that_is_gone_and_a_queue_that_is_not_served_are_told_and_resolved() {
    let (redis, comfyui, alertmanager) = (RedisServer::start(), FakeServer::start(), Alertmanager::start());
    let listen = format!("127.0.0.1:{}", free_port());
    let url = redis.url();
    let environment = [("REDIS_URL", &*url), ("COMFYUI_URL", comfyui.url()), ("METRICS_LISTEN", &*listen)];
    let start = || Program::start(&["--sample-interval", "0.2"], &environment);
    let mut worker = start();
    let _ = worker.metrics();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let prometheus = Prometheus::configured(&format!(
        "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\n  evaluation_interval: 1s\n\
         rule_files: ['{}']\n\
         alerting:\n  alertmanagers:\n    - static_configs:\n        - targets: ['{}']\n\
         scrape_configs:\n  - job_name: video-orchestrator\n    static_configs:\n      - targets: ['{listen}']\n",
        quick_rules(folder.path()),
        alertmanager.address(),
    ));
    let told = |what: &str| wait_until(what, || alertmanager.told().contains(what).then_some(()));

    // A worker that is killed, and another that starts in its place.
    wait_until("the first scrape", || has_value(&prometheus, "up == 1"));
    worker.process.kill();
    told("WorkerGone firing");
    worker = start();
    let _ = worker.metrics();
    told("WorkerGone resolved");

    // A worker that does not move while jobs wait.
    comfyui.pause();
    for number in 0..3 {
        redis.command::<u64>(&["RPUSH", LIST, &job(&format!("waits-{number}"), "portrait")]);
    }
    wait_until("Prometheus to know that jobs wait", || has_value(&prometheus, "queue_depth > 0"));
    worker.process.signal("STOP");
    told("QueueNotServed firing");
    worker.process.signal("CONT");
    comfyui.resume();
    told("QueueNotServed resolved");
}

fn has_value(prometheus: &Prometheus, query: &str) -> Option<()> {
    (!prometheus.query(query).is_empty()).then_some(())
}
