//! OTLP: what a receiver gets is what the page says, read with the types of `opentelemetry-proto`.

mod otlp {
    pub(crate) mod decoded;
}

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use metrics::Unit;
use metrics_runtime::{Handle, Label, declare_metrics, timed};
use otlp::decoded::Decoded;
use system_tests::{OtlpReceiver, Page, assert_same_points};

#[derive(Clone, Copy, Label)]
enum Step {
    Draw,
    Upscale,
}

declare_metrics! {
    /// Jobs that are done,
    /// and \ more.
    counter JOBS = "jobs_total", labels(step: Step);
    /// Memory in use.
    gauge MEMORY = "cache_bytes";
}

/// Draws.
#[timed(histogram = "draw_seconds", labels(step), buckets(0.001, 0.01, 3600))]
fn draw(step: Step) {
    let _ = step;
}

/// All kinds of values and labels, also those of other crates.
fn record() {
    draw(Step::Draw);
    draw(Step::Draw);
    draw(Step::Upscale);
    JOBS.with(Step::Draw).increment(7);
    MEMORY.set(f64::NEG_INFINITY);
    for (at, value) in (1_u32..).zip([
        "",
        " ",
        "a,b",
        "\"",
        "\\",
        "\\\"",
        "\n",
        "\\n",
        "},le=\"1\"} 5",
        "é\u{202e}\0\r",
        "\u{1f980}",
        "# HELP x",
    ]) {
        metrics::gauge!("other.gauge", "text" => value, "le" => "7").set(f64::from(at));
        metrics::counter!("other_counter", "text" => value).increment(u64::from(at));
        metrics::histogram!("other.wait", "text" => value).record(0.5);
    }
    metrics::gauge!("nan").set(f64::NAN);
    metrics::gauge!("infinite").set(f64::INFINITY);
    metrics::describe_histogram!("change_seconds", Unit::Seconds, "A \\ \"change\"\nof time.\r");
    for value in [-3.0, 0.0, 1e-9, 20.0, 1e12] {
        metrics::histogram!("change_seconds").record(value);
    }
    metrics::counter!("large").absolute(u64::MAX);
}

fn nanoseconds(time: SystemTime) -> u64 {
    u64::try_from(time.duration_since(UNIX_EPOCH).expect("it is after 1970").as_nanos()).expect("it is before 2554")
}

fn init(receiver: &OtlpReceiver) -> Handle {
    let metrics = metrics_runtime::builder()
        .no_listener()
        .buckets("change_seconds", [-1.0, 0.0, 10.0])
        .otlp_endpoint(format!("{}/", receiver.url()))
        .otlp_header("x-tenant", "video")
        .otlp_interval(Duration::from_secs(3600));
    metrics.init().expect("nothing is wrong")
}

#[test]
fn a_receiver_gets_what_the_page_says() {
    let receiver = OtlpReceiver::start();
    let metrics = init(&receiver);
    let before = nanoseconds(SystemTime::now());
    record();
    assert!(metrics_runtime::flush());
    let page = metrics.render();
    let request = receiver.wait_for(1);
    assert_eq!(request.line, "POST /v1/metrics HTTP/1.1");
    assert_eq!(request.header("content-type"), Some("application/x-protobuf"));
    assert_eq!(request.header("x-tenant"), Some("video"));
    assert_eq!(request.header("content-encoding"), None);

    let decoded = Decoded::of(&request.body);
    let expected = Page::from(page.clone()).points();
    assert_same_points(&decoded.points, &expected);
    // Twelve texts, each by three kinds.
    assert!(expected.keys().filter(|(name, _)| name.starts_with("other_")).count() >= 36, "{page}");

    // A name has the unit that a receiver would add to it.
    for (name, metric) in &decoded.metrics {
        let base = name.strip_suffix("_total").unwrap_or(name);
        let unit = if base.ends_with("_seconds") {
            "s"
        } else if base.ends_with("_bytes") {
            "By"
        } else {
            ""
        };
        assert_eq!(metric.unit, unit, "{name}");
    }
    assert_eq!(decoded.metrics["jobs_total"].description, "Jobs that are done, and \\ more.");
    assert_eq!(decoded.metrics["change_seconds"].description, "A \\ \"change\"\nof time.\r");

    assert_eq!(decoded.scopes, [("metrics_runtime".to_owned(), String::new())]);
    assert!(decoded.resource["service.name"].starts_with("unknown_service:otlp"), "{:?}", decoded.resource);
    assert_eq!(decoded.resource["service.instance.id"].len(), 36, "{:?}", decoded.resource);

    // One start, which stays; and the time goes on.
    JOBS.with(Step::Upscale).increment(1);
    assert!(metrics_runtime::flush());
    let second = Decoded::of(&receiver.wait_for(2).body);
    let start = |decoded: &Decoded| decoded.starts.iter().copied().collect::<Vec<u64>>();
    assert_eq!(start(&decoded).len(), 1, "{:?}", decoded.starts);
    assert_eq!(start(&decoded), start(&second));
    assert!(start(&decoded)[0] <= before);
    let time = |times: &BTreeSet<u64>| times.iter().copied().collect::<Vec<u64>>();
    assert_eq!((decoded.times.len(), second.times.len()), (1, 1));
    assert!(time(&decoded.times)[0] >= before && time(&second.times)[0] >= time(&decoded.times)[0]);
    metrics.shutdown();
    assert_eq!(receiver.requests().len(), 3, "the last values are sent when the program ends");
}
