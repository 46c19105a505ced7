//! The files for Docker Compose. There is no Docker engine here, so what can be checked without one is checked: the
//! specification of Compose, the configurations of Prometheus and Alertmanager, and that the names agree.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use yaml_rust2::{Yaml, YamlLoader};

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

fn parse(text: &str) -> Yaml {
    let mut documents = YamlLoader::load_from_str(text).expect("it is YAML");
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

fn texts(list: &Yaml) -> Vec<&str> {
    list.as_vec().expect("it is a list").iter().filter_map(Yaml::as_str).collect()
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

#[test]
fn an_exemplar_leads_to_its_trace() {
    let compose = parse(include_str!("../../compose.yaml"));
    let services = &compose["services"];
    // Prometheus keeps exemplars, and the dashboard asks for them.
    assert!(texts(&services["prometheus"]["command"]).contains(&"--enable-feature=exemplar-storage"));
    assert!(include_str!("../../metrics/dashboard.json").contains("\"exemplar\": true"));
    // Grafana finds the trace by the label that exemplars have, at the data source with this uid.
    let provisioned = parse(include_str!("../../compose/grafana/datasources.yml"));
    let sources = provisioned["datasources"].as_vec().expect("it is a list");
    let of_type = |kind| sources.iter().find(|source| source["type"].as_str() == Some(kind)).expect(kind);
    let (prometheus, traces) = (of_type("prometheus"), of_type("tempo"));
    let link = &prometheus["jsonData"]["exemplarTraceIdDestinations"][0];
    assert_eq!(link["name"].as_str(), Some("trace_id"));
    assert!(link["urlDisplayLabel"].as_str().is_some_and(|text| !text.is_empty()));
    assert_eq!(link["datasourceUid"], traces["uid"]);
    assert!(traces["uid"].as_str().is_some_and(|uid| uid != prometheus["uid"].as_str().unwrap_or_default()));
    // The data source is a service, which reads its configuration, and writes where its volume is.
    let tempo = &services["tempo"];
    let configuration = parse(include_str!("../../compose/tempo.yml"));
    let port = configuration["server"]["http_listen_port"].as_i64().expect("it is a number");
    assert_eq!(traces["url"].as_str(), Some(&*format!("http://tempo:{port}")));
    let volumes = texts(&tempo["volumes"]);
    let mounted = volumes.iter().find_map(|volume| volume.strip_prefix("./compose/tempo.yml:")?.strip_suffix(":ro"));
    let argument = format!("-config.file={}", mounted.expect("the configuration is there"));
    assert_eq!(texts(&tempo["command"]), [argument]);
    let kept = volumes.iter().find_map(|volume| volume.strip_prefix("tempo:")).expect("it has a volume");
    assert!(!compose["volumes"]["tempo"].is_badvalue());
    for place in ["local", "wal"] {
        let path = configuration["storage"]["trace"][place]["path"].as_str().expect("it has a path");
        assert!(path.starts_with(&format!("{kept}/")), "{path} is not in {kept}");
    }
    // The collector takes the traces of the worker, and sends them where the service listens. Both start by the same profile.
    let collector = parse(include_str!("../../compose/collector.yml"));
    let pipeline = &collector["service"]["pipelines"]["traces"];
    assert_eq!(texts(&pipeline["receivers"]), ["otlp"]);
    let exporter = texts(&pipeline["exporters"]).into_iter().find(|name| name.starts_with("otlphttp"));
    let endpoint = collector["exporters"][exporter.expect("it sends them on")]["endpoint"].as_str();
    let listens = configuration["distributor"]["receivers"]["otlp"]["protocols"]["http"]["endpoint"].as_str();
    let port = listens.and_then(|address| address.strip_prefix("0.0.0.0:")).expect("it listens on all addresses");
    assert_eq!(endpoint, Some(&*format!("http://tempo:{port}")));
    assert_eq!(tempo["profiles"], services["collector"]["profiles"]);
    for pipeline in ["metrics", "traces"] {
        for (kind, declared) in [("receivers", &collector["receivers"]), ("exporters", &collector["exporters"])] {
            for name in texts(&collector["service"]["pipelines"][pipeline][kind]) {
                assert!(!declared[name].is_badvalue(), "{pipeline} has no {name}");
            }
        }
    }
}
