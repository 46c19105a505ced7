//! The dashboard fits Grafana's own types, in TypeScript: there is no Grafana here that could open it.

use std::fs;
use std::path::Path;
use std::process::Command;

use metrics_runtime::{Label, counted, counted_failure, declare_metrics, in_flight, timed};
use serde_json::Value;

#[derive(Clone, Copy, Label)]
enum Step {
    Draw,
    Print,
}

/// Makes a "poster", and more.
#[timed(histogram = "poster_seconds", labels(step))]
#[counted_failure(counter = "poster_failures_total")]
#[in_flight(gauge = "posters_in_flight")]
#[counted(counter = "posters_total")]
fn make_poster(step: Step) -> Result<(), std::fmt::Error> {
    Ok(())
}

declare_metrics! {
    /// How long a customer waits.
    histogram WAITS = "wait_seconds", buckets(1, 60);
}

fn dashboard() -> String {
    let _ = (make_poster(Step::Draw), make_poster(Step::Print));
    let files = metrics_runtime::catalog().artifacts().job("posters").files();
    let file = files.iter().find(|file| file.name() == "dashboard.json").expect("there is a dashboard");
    file.text().to_owned()
}

/// What the TypeScript compiler says to a dashboard.
fn check(dashboard: &str) -> Result<(), String> {
    let grafana = Path::new(env!("CARGO_MANIFEST_DIR")).join("grafana");
    let compiler = grafana.join("node_modules/typescript/bin/tsc");
    assert!(compiler.exists(), "{} is missing: `cargo xtask install` installs it", compiler.display());
    // Modules are found from the folder of the file that imports them.
    let folder = tempfile::Builder::new().prefix(".check-").tempdir_in(&grafana).expect("a folder can be made");
    let source = format!(
        "import type {{ AnyDashboard }} from \"../model.mts\";\nexport const dashboard: AnyDashboard = {dashboard};\n"
    );
    fs::write(folder.path().join("dashboard.mts"), source).expect("it can be written");
    let options = "{ \"extends\": \"../tsconfig.json\", \"include\": [\"*.mts\"] }";
    fs::write(folder.path().join("tsconfig.json"), options).expect("it can be written");
    let output = Command::new("node").arg(&compiler).arg("-p").arg(folder.path()).output();
    let output =
        output.unwrap_or_else(|error| panic!("`node` does not start ({error}): `cargo xtask install` installs it"));
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stdout).into_owned()) }
}

#[test]
fn the_dashboard_fits_the_types_of_grafana() {
    check(&dashboard()).unwrap_or_else(|problems| panic!("{problems}"));
}

#[test]
fn a_wrong_key_of_the_dashboard_of_a_panel_and_of_its_options_is_found() {
    for key in ["graphTooltip", "legendFormat", "fillOpacity"] {
        let wrong = format!("{key}s");
        let dashboard = dashboard().replacen(&format!("\"{key}\""), &format!("\"{wrong}\""), 1);
        let problems = check(&dashboard).expect_err(key);
        assert!(problems.contains(&wrong) || problems.contains(key), "{key}: {problems}");
    }
}

/// The kind of the panel and the expression of each query.
fn queries(panels: &Value) -> Vec<(String, Value)> {
    let panels = panels.as_array().into_iter().flatten();
    let of_panel = |panel: &Value| {
        let kind = panel["type"].as_str().unwrap_or_default();
        let own = panel["targets"].as_array().into_iter().flatten();
        let mut found: Vec<_> = own.map(|target| (kind.to_owned(), target.clone())).collect();
        found.extend(queries(&panel["panels"]));
        found
    };
    panels.flat_map(of_panel).collect()
}

#[test]
fn exemplars_are_asked_for_once_by_each_panel_that_can_show_them() {
    WAITS.observe(1.0);
    let dashboard: Value = serde_json::from_str(&dashboard()).expect("it is JSON");
    let mut asking: Vec<String> = Vec::new();
    for (kind, query) in queries(&dashboard["panels"]) {
        if !query["exemplar"].as_bool().expect("it is true or false") {
            continue;
        }
        assert!(["timeseries", "heatmap"].contains(&&*kind), "{kind}");
        // Grafana asks for the exemplars of a metric by the first query of a panel, or not at all.
        assert_eq!(query["refId"], "A");
        let expression = query["expr"].as_str().expect("it is text");
        let metrics =
            ["poster_seconds_bucket", "poster_failures_total", "wait_seconds_bucket", "redis_command_seconds_bucket"];
        let metric = metrics.iter().find(|metric| expression.contains(&format!("{metric}{{")));
        asking.push(format!("{kind} {}", metric.unwrap_or_else(|| panic!("{expression} has no exemplars"))));
    }
    asking.sort();
    let expected = [
        "heatmap poster_seconds_bucket",
        "timeseries poster_failures_total",
        "timeseries poster_seconds_bucket",
        "timeseries redis_command_seconds_bucket",
        "timeseries wait_seconds_bucket",
    ];
    assert_eq!(asking, expected);
}
