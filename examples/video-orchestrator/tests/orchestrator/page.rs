//! The page: it has every metric of the plan, with help text, labels and buckets, and Prometheus can read it.

use std::collections::BTreeSet;

use system_tests::{Page, Prometheus, Response, promtool_check_metrics};

use crate::program::{Program, job, write_job};

/// Name, kind, labels, buckets.
type Expected = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const IMAGE: &[&str] = &["10", "20", "40", "60", "120", "300", "600", "1200", "+Inf"];
const JOB: &[&str] = &["10", "30", "60", "120", "300", "600", "1200", "3600", "+Inf"];
const VOICE: &[&str] = &["1", "2", "5", "10", "20", "40", "60", "120", "+Inf"];

const PLAN: [Expected; 18] = [
    ("voiceover_generation_seconds", "histogram", &[], VOICE),
    ("voiceover_failures_total", "counter", &["reason"], &[]),
    ("image_generation_seconds", "histogram", &["step", "workflow"], IMAGE),
    ("image_generation_failures_total", "counter", &["reason"], &[]),
    ("total_images_generation_seconds", "histogram", &[], JOB),
    ("images_generated_total", "counter", &[], &[]),
    ("queue_depth", "gauge", &["queue"], &[]),
    ("jobs_enqueued_total", "counter", &[], &[]),
    ("jobs_started_total", "counter", &[], &[]),
    ("jobs_completed_total", "counter", &[], &[]),
    ("jobs_failed_total", "counter", &[], &[]),
    ("job_total_seconds", "histogram", &[], JOB),
    ("worker_active", "gauge", &[], &[]),
    // Not of the plan: what its alerts need.
    ("worker_active_oldest_seconds", "gauge", &[], &[]),
    ("build_info", "gauge", &["revision", "version"], &[]),
    ("comfyui_requests_total", "counter", &["endpoint", "status"], &[]),
    ("comfyui_request_seconds", "histogram", &["endpoint"], &[]),
    ("redis_errors_total", "counter", &["kind"], &[]),
];

fn check(page: &Page, (name, kind, labels, buckets): Expected) {
    assert_eq!(page.kind(name), Some(kind), "{name}");
    assert!(page.help(name).is_some_and(|help| help.len() > 5), "{name} has no help text");
    let series = page.series(if kind == "histogram" { format!("{name}_count") } else { name.to_owned() }.as_str());
    let found: BTreeSet<&str> = series.iter().flat_map(|(labels, _)| labels.keys().map(String::as_str)).collect();
    assert_eq!(found, labels.iter().copied().collect(), "{name}");
    if !buckets.is_empty() {
        let first_labels: Vec<(&str, &str)> = series[0].0.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(page.bounds(name, &first_labels), buckets, "{name}");
    }
}

#[test]
fn the_page_has_every_metric_of_the_plan() {
    let mut program = Program::start(&[], &[]);
    let first = program.page();
    for metric in PLAN {
        check(&first, metric);
    }
    assert_eq!(promtool_check_metrics(first.text()), Ok(()));

    let _ = program.process.wait_for_line("failed    samples/nothing-to-say");
    let page = program.page();
    for metric in PLAN {
        check(&page, metric);
    }
    assert_eq!(promtool_check_metrics(page.text()), Ok(()));

    let value = |name: &str, labels: &[(&str, &str)]| page.value(name, labels).unwrap_or(f64::NAN);
    let total = |name: &str| page.series(name).iter().map(|(_, value)| value).sum::<f64>();
    assert_eq!(value("jobs_enqueued_total", &[]), 6.0);
    assert_eq!(value("jobs_started_total", &[]), 6.0);
    assert_eq!(value("jobs_completed_total", &[]), 3.0);
    assert_eq!(value("jobs_failed_total", &[]), 3.0);
    assert_eq!(value("job_total_seconds_count", &[]), 6.0);
    assert_eq!(value("worker_active", &[]), 0.0);
    assert_eq!(value("voiceover_generation_seconds_count", &[]), 6.0);
    assert_eq!(value("voiceover_failures_total", &[("reason", "error")]), 1.0);
    assert_eq!(total("voiceover_failures_total"), 1.0);
    assert_eq!(value("total_images_generation_seconds_count", &[]), 5.0);
    assert_eq!(value("images_generated_total", &[]), 9.0);
    assert_eq!(total("image_generation_seconds_count"), 11.0);
    assert_eq!(value("image_generation_seconds_count", &[("step", "upscale"), ("workflow", "poster")]), 2.0);
    assert_eq!(value("image_generation_failures_total", &[("reason", "timeout")]), 1.0);
    assert_eq!(value("image_generation_failures_total", &[("reason", "error")]), 1.0);
    assert_eq!(total("image_generation_failures_total"), 2.0);
    assert_eq!(value("comfyui_requests_total", &[("endpoint", "/prompt"), ("status", "2xx")]), 10.0);
    assert_eq!(value("comfyui_requests_total", &[("endpoint", "/prompt"), ("status", "4xx")]), 1.0);
    assert_eq!(value("comfyui_request_seconds_count", &[("endpoint", "/prompt")]), 11.0);
    assert_eq!(total("redis_errors_total"), 0.0);
    let reasons: BTreeSet<String> = page
        .series("image_generation_failures_total")
        .into_iter()
        .map(|(labels, _)| labels["reason"].clone())
        .collect();
    assert_eq!(reasons, ["cancelled", "error", "panic", "timeout"].map(str::to_owned).into());
}

#[test]
fn smaller_buckets_keep_the_bound_of_the_objective() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    write_job(folder.path(), "first", "portrait");
    let jobs = folder.path().to_str().expect("the path is Unicode");
    let mut program = Program::start(&["--jobs", jobs, "--bucket-scale", "0.01"], &[]);
    let bounds = |page: &Page, metric: &str| {
        let series = page.series(&format!("{metric}_count"));
        let labels: Vec<(&str, &str)> = series[0].0.iter().map(|(name, value)| (&**name, &**value)).collect();
        page.bounds(metric, &labels)
    };
    let page = program.page();
    assert_eq!(bounds(&page, "image_generation_seconds"), ["0.1", "0.2", "0.4", "0.6", "1.2", "3", "6", "300", "+Inf"]);
    assert_eq!(
        bounds(&page, "job_total_seconds"),
        ["0.1", "0.3", "0.6", "1.2", "3", "6", "12", "36", "+Inf"],
        "without an objective of its durations"
    );
    assert!(!program.process.printed().contains("objective"), "{}", program.process.printed());
}

#[test]
fn prometheus_scrapes_the_page_and_answers_the_plans_question() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    write_job(folder.path(), "first", "portrait");
    let jobs = folder.path().to_str().expect("the path is Unicode");
    let arguments = ["--jobs", jobs, "--fake-server-delay", "0.6", "--bucket-scale", "0.01"];
    let mut program = Program::start(&arguments, &[]);
    let prometheus = Prometheus::scraping(&[program.metrics()]);
    // Only a series that grows between two scrapes has a rate.
    prometheus.wait_for("up == 1", |result| !result.is_empty());
    for number in 1..=3 {
        let answer = Response::post_json(&program.intake(), &job(&format!("poster-{number}"), "poster"));
        assert_eq!(answer.expect("the program answers").status, 202);
    }
    let question = "histogram_quantile(0.95, sum by (le, step) (rate(image_generation_seconds_bucket[1m])))";
    let answer = prometheus
        .wait_for(question, |result| result.len() == 2 && result.iter().all(|series| series["value"][1] != "NaN"));
    for series in &answer {
        let seconds: f64 = series["value"][1].as_str().and_then(|value| value.parse().ok()).expect("it is a number");
        // The fake server takes more than 0.1 s for each image, and 300 s is the last finite bucket.
        assert!(seconds > 0.1 && seconds <= 300.0, "{question} is {seconds} for {}", series["metric"]);
    }
    let started = prometheus.wait_for("jobs_started_total", |result| !result.is_empty());
    assert_eq!(started.len(), 1);
}
