//! One run of the program, with the variables of OpenTelemetry: a scrape, a database that takes OTLP, and a database behind a
//! collector have the same series.

use std::fs;

use system_tests::{OtlpReceiver, Page, Points, Response, Rotel, VictoriaMetrics, assert_same_points, wait_until};

use crate::program::Program;

#[test]
fn the_same_series_arrive_by_every_road() {
    let receiver = OtlpReceiver::start();
    let mut program = Program::start(
        &[],
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("{}/otlp/", receiver.url())),
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20s3cret,x-tenant=video"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/protobuf"),
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
    let (before, sent) = (page.points(), receiver.requests().len());
    // The second one from now has begun after the page.
    let request = receiver.wait_for(sent + 2);
    let expected = program.page().points();
    // What has changed meanwhile would be in one of the two.
    assert_same_points(&before, &expected);
    assert!(expected.len() > 200, "{}", expected.len());

    assert_eq!(request.line, "POST /otlp/v1/metrics HTTP/1.1");
    for (header, value) in [("authorization", "Bearer s3cret"), ("x-tenant", "video"), ("content-encoding", "gzip")] {
        assert_eq!(request.header(header), Some(value));
    }
    assert!(!program.process.printed().contains("s3cret"));

    let (direct, behind) = (VictoriaMetrics::start(), VictoriaMetrics::start());
    let collector = Rotel::sending_to(&behind.otlp_url());
    for url in [direct.otlp_url(), format!("{}/v1/metrics", collector.url())] {
        let headers = [("content-type", "application/x-protobuf"), ("content-encoding", "gzip")];
        let response = Response::post_with_headers(&url, &headers, &request.body).expect("it answers");
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
