//! The dashboard on a real Prometheus that scrapes the program: each of its queries has a value.

use std::collections::BTreeSet;

use serde_json::Value;
use system_tests::{Prometheus, RedisServer, wait_until};

use crate::program::{FakeServer, Program, command, job};

const KEY: &str = "current_comfyui_url";

/// Metrics that have no series here, and why.
const WITHOUT_SERIES: &[(&str, &str)] =
    &[("metrics_label_overflow_total", "a series appears when a label has had too many values")];

/// The queries of all panels, with the variables as Grafana fills them in for "All".
fn queries(dashboard: &Value) -> BTreeSet<String> {
    fn collect(panels: &Value, queries: &mut BTreeSet<String>) {
        for panel in panels.as_array().into_iter().flatten() {
            for target in panel["targets"].as_array().into_iter().flatten() {
                queries.insert(target["expr"].as_str().expect("a query is text").to_owned());
            }
            collect(&panel["panels"], queries);
        }
    }
    let mut queries = BTreeSet::new();
    collect(&dashboard["panels"], &mut queries);
    for annotation in dashboard["annotations"]["list"].as_array().expect("it is a list") {
        queries.extend(annotation["expr"].as_str().map(str::to_owned));
    }
    let variables = dashboard["templating"]["list"].as_array().expect("it is a list");
    let fill_in = |query: String| {
        let filled = variables.iter().fold(query, |query, variable| {
            let name = variable["name"].as_str().expect("a variable has a name");
            query.replace(&format!("${name}\""), &format!("{}\"", variable["allValue"].as_str().unwrap_or_default()))
        });
        filled.replace("$__rate_interval", "1m")
    };
    queries.into_iter().map(fill_in).collect()
}

fn has_value(result: &[Value]) -> bool {
    result.iter().any(|series| series["value"][1].as_str().is_some_and(|value| value != "NaN"))
}

#[test]
fn each_query_of_the_dashboard_has_a_value() {
    let dashboard: Value = serde_json::from_str(include_str!("../../metrics/dashboard.json")).expect("it is JSON");
    let (redis, comfyui) = (RedisServer::start(), FakeServer::start());
    redis.command::<()>(&["SET", KEY, comfyui.url()]);
    let arguments = ["--comfyui-url-key", KEY, "--attempts", "1", "--sample-interval", "0.2"];
    // The metrics of several processes are there where a process shares a folder.
    let shared = tempfile::tempdir().expect("a temporary folder can be made");
    let folder = shared.path().to_str().expect("temporary paths are text");
    let environment = [("REDIS_URL", &*redis.url()), ("PROMETHEUS_MULTIPROC_DIR", folder)];
    let mut program = Program::start(&arguments, &environment);
    let rules = tempfile::tempdir().expect("a temporary folder can be made");
    let recording = rules.path().join("recording.rules.yml");
    // Series of days are recorded rarely; a test does not wait for them.
    let quick = include_str!("../../metrics/recording.rules.yml").replace("interval: 2m", "interval: 1s");
    std::fs::write(&recording, quick).expect("it can be written");
    let prometheus = Prometheus::configured(&format!(
        "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\n  evaluation_interval: 1s\nrule_files: ['{}']\n\
         scrape_configs:\n  - job_name: video-orchestrator\n    static_configs:\n      - targets: ['{}']\n",
        recording.display(),
        program.metrics(),
    ));
    // Good jobs, and some that fail: they are enqueued as other programs do it.
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut number = 0;
    let mut enqueue = || {
        number += 1;
        let files = ["portrait", "retired"].map(|workflow| {
            let path = folder.path().join(format!("{workflow}.json"));
            std::fs::write(&path, job(&format!("{workflow}-{number}"), workflow)).expect("it can be written");
            path
        });
        let output = command(&[("REDIS_URL", &redis.url())]).arg("enqueue").args(files).output();
        assert!(output.expect("the program starts").status.success());
    };
    let mut missing: BTreeSet<String> = queries(&dashboard);
    assert!(missing.len() > 30, "{missing:#?}");
    missing.retain(|query| !WITHOUT_SERIES.iter().any(|(metric, _)| query.contains(metric)));
    let shown = missing.clone();
    wait_until(&format!("a value of each query of {shown:#?}"), || {
        enqueue();
        missing.retain(|query| !has_value(&prometheus.query(query)));
        if missing.is_empty() {
            Some(())
        } else {
            eprintln!("still without a value: {missing:#?}");
            None
        }
    });
}
