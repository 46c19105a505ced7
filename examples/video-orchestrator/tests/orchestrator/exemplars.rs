//! From a bar of a histogram to the trace: the exemplars in a real Prometheus name spans that a real collector has sent on.

use std::collections::BTreeSet;

use system_tests::{Page, Prometheus, RedisServer, StoredExemplar, TraceSpan, strict_parse_openmetrics};

use crate::collector::{Collector, enqueue, only, work};
use crate::program::{Program, job_with};

/// The span that an exemplar names.
fn span_of<'a>(exemplar: &StoredExemplar, spans: &'a [TraceSpan]) -> &'a TraceSpan {
    let labels: Vec<(&str, &str)> = exemplar.labels.iter().map(|(name, value)| (&**name, &**value)).collect();
    let [("span_id", span_id), ("trace_id", trace_id)] = labels[..] else { panic!("{exemplar:#?}") };
    let span = spans.iter().find(|span| span.span_id == span_id && span.trace_id == trace_id);
    span.unwrap_or_else(|| panic!("no span {exemplar:#?} in {spans:#?}"))
}

#[test]
fn prometheus_leads_from_a_bucket_to_the_span_of_its_image() {
    let (redis, collector) = (RedisServer::start(), Collector::start());
    let mut program = work(&redis, &collector, &["--attempts", "1"], &[]);
    let prometheus = Prometheus::scraping(&[program.metrics()]);

    // A job of two images, each in a series of its own.
    enqueue(&redis, &collector, "one", "poster");
    let exemplars = prometheus.wait_for_exemplars("image_generation_seconds_bucket", 2);
    let spans = collector.wait_for("job", 1);
    let enqueued = only(&spans, "enqueue");
    let mut files = BTreeSet::new();
    for exemplar in &exemplars {
        let span = span_of(exemplar, &spans);
        let file = match &*exemplar.series["step"] {
            "text2image" => "image-001.png",
            "upscale" => "image-001-upscaled.png",
            other => panic!("no such step: {other}"),
        };
        let found = ["file", "job_id", "outcome"].map(|name| span.attribute(name));
        assert_eq!((&*span.name, found), ("image", [file, "one", "ok"]), "{span:#?}");
        assert_eq!(span.trace_id, enqueued.trace_id, "{span:#?}");
        let bound: f64 = exemplar.series["le"].parse().expect("a bound is a number");
        assert!(exemplar.value > 0.0 && exemplar.value <= bound, "{exemplar:#?}");
        files.insert(file);
    }
    assert_eq!(files.len(), 2, "{exemplars:#?}");

    enqueue(&redis, &collector, "bad", "retired");
    let exemplars = prometheus.wait_for_exemplars("image_generation_failures_total", 1);
    let spans = collector.wait_for("job", 2);
    let [exemplar] = &exemplars[..] else { panic!("one image has failed: {exemplars:#?}") };
    let span = span_of(exemplar, &spans);
    let found = ["file", "job_id", "outcome"].map(|name| span.attribute(name));
    assert_eq!((&*span.name, found), ("image", ["image-001.png", "bad", "error"]), "{span:#?}");
    assert_eq!((&*exemplar.series["reason"], exemplar.value), ("error", 1.0));

    let page = program.openmetrics();
    assert_eq!(strict_parse_openmetrics(&page), Ok(()), "{page}");
    assert!(page.contains(" # {trace_id=\""), "{page}");
    assert!(!program.page().text().contains("trace_id"), "the older format has no exemplars");
    program.process.signal("TERM");
    assert_eq!(program.exit_code(), Some(0), "{}", program.process.printed());
}

/// Starts a program, which does a job that has a trace of others, and then has no exemplars.
pub(crate) fn assert_no_exemplars(start: impl FnOnce(&[&str]) -> Program) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let traceparent = "\"00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01\"";
    std::fs::write(folder.path().join("one.json"), job_with("one", traceparent)).expect("the job can be written");
    let jobs = folder.path().to_str().expect("the path is Unicode");
    let mut program = start(&["--jobs", jobs]);
    let _ = program.process.wait_for_line("done      test/one");
    let page = program.openmetrics();
    assert_eq!(Page::from(page.clone()).value("images_generated_total", &[]), Some(1.0), "{page}");
    assert!(!page.contains(" # {"), "{page}");
    assert_eq!(strict_parse_openmetrics(&page), Ok(()), "{page}");
}

#[test]
fn without_traces_there_are_no_exemplars() {
    assert_no_exemplars(|arguments| Program::start(arguments, &[]));
}
