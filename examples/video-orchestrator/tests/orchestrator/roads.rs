//! One run of the program: the scrape, the page of a Pushgateway, a file behind `node_exporter`, a database that takes OTLP, and a
//! database behind a collector have the same series.
//!
//! These differences are the receivers' own, and the guide names them:
//!
//! * A receiver adds labels: the gateway those of the group ([`GROUP`]), which tell whose series they are; a receiver of OTLP
//!   those of the resource, for the same reason.
//! * The gateway adds two series to each group ([`OF_GATEWAY`]), and shows its own metrics, which have not the labels of the group.
//! * `node_exporter` shows its own metrics too. The file leaves out those that it has of its own process ([`OF_NODE_EXPORTER`]),
//!   because it reports an error where a file has one of them, also with other labels.
//! * The database keeps no kinds and no help texts.

use std::collections::BTreeSet;
use std::fs;

use system_tests::{
    NodeExporter, OtlpReceiver, Page, Points, Pushgateway, Response, Rotel, VictoriaMetrics, assert_same_points,
    wait_until,
};

use crate::program::Program;

const GROUP: [(&str, &str); 2] = [("job", "video"), ("instance", "worker-1")];

const OF_GATEWAY: [&str; 2] = ["push_time_seconds", "push_failure_time_seconds"];

const OF_NODE_EXPORTER: [&str; 6] = [
    "process_cpu_seconds_total",
    "process_max_fds",
    "process_open_fds",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
    "process_virtual_memory_bytes",
];

#[test]
fn the_same_series_arrive_by_every_road() {
    let (receiver, gateway) = (OtlpReceiver::start(), Pushgateway::start());
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (file, node_exporter) = (folder.path().join("video.prom"), NodeExporter::reading(folder.path()));
    let of_node_exporter = names(&node_exporter.page());
    let mut program = Program::start(
        &[],
        &[
            ("METRICS_PUSH_URL", gateway.url()),
            ("METRICS_PUSH_JOB", GROUP[0].1),
            ("METRICS_PUSH_GROUPING", &format!("{}={}", GROUP[1].0, GROUP[1].1)),
            ("METRICS_TEXTFILE", &file.display().to_string()),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("{}/otlp/", receiver.url())),
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20s3cret,x-tenant=video"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/protobuf"),
            ("OTEL_TRACES_EXPORTER", "none"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "500"),
            ("OTEL_SERVICE_NAME", "video"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.name=other,deployment.environment.name=a%2Cb%20c"),
        ],
    );
    let port = program.metrics().port();
    let _ = program.process.wait_for_line("failed    samples/nothing-to-say");
    // All jobs are done. The end of the last one may be recorded after its line, so the page is fetched when it is.
    let page = wait_until("the last job is counted", || {
        let is = |page: &Page, name, value| page.value(name, &[]) == Some(value);
        let at_rest = [("job_total_seconds_count", 6.0), ("jobs_failed_total", 3.0), ("worker_active", 0.0)];
        Some(program.page()).filter(|page| at_rest.into_iter().all(|(name, value)| is(page, name, value)))
    });
    let expected = page.points();
    assert!(expected.len() > 200, "{}", expected.len());
    // An export at the interval has come; the last one of each road is made at the end.
    let _ = receiver.wait_for(1);
    program.process.signal("TERM");
    assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());
    assert!(!program.process.printed().contains("s3cret"));

    let pushed = gateway.page();
    let mut in_group = pushed.points_of(&GROUP);
    in_group.retain(|(name, _), _| !OF_GATEWAY.contains(&name.as_str()));
    assert_same_points(&in_group, &expected);
    let read = node_exporter.page();
    assert_eq!(read.value("node_textfile_scrape_error", &[]), Some(0.0), "{}", node_exporter.log());
    let is_left_out = |name: &String| OF_NODE_EXPORTER.contains(&name.as_str());
    let mut in_file = expected.clone();
    in_file.retain(|(name, _), _| !is_left_out(name));
    let mut of_file = read.points();
    of_file.retain(|(name, _), _| !of_node_exporter.contains(name) && name != "node_textfile_mtime_seconds");
    assert_same_points(&of_file, &in_file);
    for kind in page.text().lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = kind.split_once(' ').expect("a kind follows the name");
        for (what, received) in [("the gateway", &pushed), ("node_exporter", &read)] {
            assert_eq!((received.kind(name), received.help(name)), (Some(kind), page.help(name)), "{what}: {name}");
        }
    }

    let request = receiver.requests().pop().expect("there are some");
    assert_eq!(request.line, "POST /otlp/v1/metrics HTTP/1.1");
    for (header, value) in [("authorization", "Bearer s3cret"), ("x-tenant", "video"), ("content-encoding", "gzip")] {
        assert_eq!(request.header(header), Some(value));
    }
    // What the program has sent, to two receivers: it has one endpoint.
    let (direct, behind) = (VictoriaMetrics::start(), VictoriaMetrics::start());
    let collector = Rotel::sending_to(behind.otlp_url());
    for url in [direct.otlp_url(), &format!("{}/v1/metrics", collector.url())] {
        let headers = [("content-type", "application/x-protobuf"), ("content-encoding", "gzip")];
        let response = Response::post_with_headers(url, &headers, &request.body).expect("it answers");
        assert_eq!(response.status, 200, "{url}: {}", response.body);
    }
    let host = fs::read_to_string("/proc/sys/kernel/hostname").expect("Linux has a name");
    let resource = [
        ("service_name", "video"),
        ("deployment_environment_name", "a,b c"),
        ("service_instance_id", &*format!("{}:{port}", host.trim())),
    ];
    for (what, stored) in [("the database", direct), ("the database behind the collector", behind)] {
        let found: Points =
            wait_until(what, || Some(stored.points(&resource)).filter(|points| points.len() >= expected.len()));
        assert_same_points(&found, &expected);
    }
}

fn names(page: &Page) -> BTreeSet<String> {
    page.points().into_keys().map(|(name, _)| name).collect()
}

#[test]
fn a_protocol_that_is_not_supported_is_an_error() {
    let environment = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")];
    let mut program = Program::start(&["--once"], &environment);
    assert_ne!(program.exit_code(), Some(0));
    let printed = program.process.printed();
    assert!(
        printed.contains("`OTEL_EXPORTER_OTLP_PROTOCOL` is `grpc`, which is not supported; it takes `http/protobuf`"),
        "{printed}"
    );
}
