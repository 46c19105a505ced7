//! The worker of the guide, with a real collector.

use std::process::Command;

use system_tests::{OtlpReceiver, Page, Process, start_on_free_port, strict_parse_openmetrics, wait_until};

#[test]
fn the_exemplar_of_a_bucket_is_a_span_that_the_collector_has_received() {
    let receiver = OtlpReceiver::start();
    let start = |port| {
        Process::start(
            Command::new(env!("CARGO_BIN_EXE_traced-worker"))
                .env("METRICS_LISTEN", format!("127.0.0.1:{port}"))
                .env("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url()),
        )
    };
    let metrics = |port| format!("http://127.0.0.1:{port}/metrics");
    let (_process, port) =
        start_on_free_port("the worker", start, |port, _| system_tests::Response::get(&metrics(port)).is_ok());
    let exemplars = wait_until("an exemplar of a slow image", || {
        let page = Page::fetch_openmetrics(&metrics(port));
        assert_eq!(strict_parse_openmetrics(page.text()), Ok(()), "{}", page.text());
        let exemplars = page.exemplars("draw_seconds_bucket");
        exemplars.iter().any(|(labels, _)| labels["le"] == "0.5").then_some(exemplars)
    });
    for (labels, exemplar) in exemplars {
        let span = wait_until("the span of the exemplar", || {
            receiver.spans().into_iter().find(|span| span.span_id == exemplar.span_id)
        });
        assert_eq!((span.name.as_str(), &span.trace_id), ("draw", &exemplar.trace_id));
        // The job's id is on the span, and so leads from the bucket to the job.
        let job_id: u64 = span.attribute("job_id").parse().expect("a number");
        let milliseconds = 20 + job_id * 37 % 300;
        #[allow(clippy::cast_precision_loss, reason = "it is small")]
        let seconds = milliseconds as f64 / 1000.0;
        assert!(exemplar.value >= seconds, "{labels:?} {exemplar:?} {span:?}");
    }
}

#[test]
fn the_guide_shows_this_program() {
    let program = include_str!("../src/main.rs");
    let (_, program) = program.split_once("\n\n").expect("a blank line");
    let guide = include_str!("../../../docs/guide.md");
    assert!(guide.contains(program), "the guide does not show examples/traced-worker/src/main.rs");
}
