//! The alerts by the whole chain: the program, Prometheus with the generated rules, Alertmanager, and whoever it tells.

use std::fs;
use std::path::Path;

use system_tests::{Alertmanager, Prometheus, RedisServer, free_port, wait_until};

use crate::program::{FakeServer, Program, job};

const LIST: &str = "video_orchestrator:queue";

/// The generated alerts with all their times cut to seconds: a test cannot wait for ten minutes.
fn quick_rules(folder: &Path) -> String {
    let mut rules = include_str!("../../metrics/alerts.rules.yml").to_owned();
    let quick: Vec<String> = rules.lines().map(quick_line).collect();
    rules = quick.join("\n") + "\n";
    let path = folder.join("alerts.rules.yml");
    fs::write(&path, rules).expect("it can be written");
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
    let _prometheus = Prometheus::configured(&format!(
        "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\n  evaluation_interval: 1s\n\
         rule_files: ['{}']\n\
         alerting:\n  alertmanagers:\n    - static_configs:\n        - targets: ['{}']\n\
         scrape_configs:\n  - job_name: video-orchestrator\n    static_configs:\n      - targets: ['{listen}']\n",
        quick_rules(folder.path()),
        alertmanager.address(),
    ));
    let mut number = 0;
    let told = |what: &str| wait_until(what, || alertmanager.told().contains(what).then_some(()));
    // Jobs that wait, and a worker that does not move: it is stopped as a whole.
    comfyui.pause();
    for _ in 0..3 {
        number += 1;
        redis.command::<u64>(&["RPUSH", LIST, &job(&format!("stopped-{number}"), "portrait")]);
    }
    wait_until("the depth to be known", || {
        worker.page().value("queue_depth", &[("queue", "default")]).filter(|depth| *depth > 0.0)
    });
    told("QueueNotServed firing");
    worker.process.signal("STOP");
    told("WorkerGone firing");
    worker.process.signal("CONT");
    comfyui.resume();
    told("QueueNotServed resolved");
    told("WorkerGone resolved");
    // A worker that is killed, after which another starts.
    let before = alertmanager.told();
    assert!(before.contains("WorkerGone resolved"), "{before:?}");
}
