//! The files for Docker Compose. There is no Docker engine here, so what can be checked without one is checked: the
//! specification of Compose, the configurations of Prometheus and Alertmanager, and that the names agree.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run(command: &mut Command) {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output();
    let output =
        output.unwrap_or_else(|error| panic!("`{name}` does not start ({error}): `cargo xtask install` installs it"));
    let printed = [output.stdout, output.stderr].map(|printed| String::from_utf8_lossy(&printed).into_owned()).concat();
    assert!(output.status.success(), "{printed}");
}

/// The folder of Prometheus in its container: the configuration, and the rules beside it.
fn prometheus_folder(configuration: &str) -> (tempfile::TempDir, PathBuf) {
    let container = tempfile::tempdir().expect("a temporary folder can be made");
    let rules = container.path().join("rules");
    fs::create_dir(&rules).expect("it can be made");
    for entry in fs::read_dir(folder().join("metrics")).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        fs::copy(&path, rules.join(path.file_name().expect("it has a name"))).expect("it can be copied");
    }
    let file = container.path().join("prometheus.yml");
    fs::write(&file, configuration).expect("it can be written");
    (container, file)
}

#[test]
fn the_compose_file_follows_the_specification() {
    let check = folder().join("../../tests/python/.venv/bin/check-jsonschema");
    run(Command::new(check).args(["--builtin-schema", "vendor.compose-spec"]).arg(folder().join("compose.yaml")));
}

#[test]
fn the_configurations_of_prometheus_and_alertmanager_are_accepted_with_the_generated_rules() {
    let configuration = include_str!("../../compose/prometheus.yml");
    let (_container, file) = prometheus_folder(configuration);
    run(Command::new("promtool").args(["check", "config"]).arg(&file));
    run(Command::new("amtool").arg("check-config").arg(folder().join("compose/alertmanager.yml")));
}

#[test]
fn the_names_agree() {
    let prometheus = include_str!("../../compose/prometheus.yml");
    let compose = include_str!("../../compose.yaml");
    let alerts = include_str!("../../metrics/alerts.rules.yml");
    // The job that the alerts watch is the one that is scraped.
    assert!(prometheus.contains("job_name: video-orchestrator\n"), "{prometheus}");
    assert!(alerts.contains("job=\"video-orchestrator\""), "{alerts}");
    // The files that containers see are there.
    let files = compose.lines().filter_map(|line| line.split_once("\"./").or_else(|| line.split_once("- ./")));
    for (_, file) in files {
        let path = file.split(':').next().unwrap_or_default();
        assert!(folder().join(path).exists(), "{path} is missing");
    }
    // The collector listens where the worker is told to send.
    let collector = include_str!("../../compose/collector.yml");
    assert!(compose.contains("\n  collector:\n") && compose.contains("=http://collector:4318 "), "{compose}");
    assert!(collector.contains("endpoint: 0.0.0.0:4318\n"), "{collector}");
    // The gateway is where the command pushes and Prometheus looks, which keeps the labels of the groups.
    assert!(compose.contains("\n  pushgateway:\n") && compose.contains("METRICS_PUSH_URL: http://pushgateway:9091\n"));
    let (_, gateway) = prometheus.split_once("job_name: pushgateway\n").expect("the gateway is scraped");
    assert!(gateway.contains("honor_labels: true\n") && gateway.contains("names: [\"pushgateway\"]\n"), "{gateway}");
    assert!(gateway.contains("port: 9091\n"), "{gateway}");
    // No image may change by itself.
    for image in compose.lines().filter_map(|line| line.trim().strip_prefix("image: ")) {
        let tag = image.rsplit_once(':').map(|(_, tag)| tag).unwrap_or_default();
        assert!(tag.split('.').count() >= 3, "`{image}` is not pinned");
    }
}
