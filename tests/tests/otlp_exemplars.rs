//! OTLP: a receiver gets the exemplars of buckets and counters, each of them once.

mod otlp {
    pub(crate) mod decoded;
    pub(crate) mod traced;
}

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use metrics_runtime::{Label, counted, counted_failure, declare_metrics, timed};
use opentelemetry_proto::tonic::collector::metrics::v1::{ExportMetricsPartialSuccess, ExportMetricsServiceResponse};
use otlp::decoded::Decoded;
use otlp::traced::{self, Sent, current, exemplars};
use prost::Message as _;
use system_tests::{OtlpReceiver, Reply, wait_until};

#[derive(Clone, Copy, Label)]
enum Step {
    Draw,
    #[label(rename = "a\" # {trace_id=\"b\\")]
    Hostile,
}

declare_metrics! {
    /// Time in the queue.
    histogram WAIT = "wait_seconds", labels(step: Step), buckets(0.1, 0.5, 1);
    /// Jobs that are done.
    counter JOBS = "jobs_total", labels(step: Step);
    /// Jobs that wait.
    gauge WAITING = "jobs_waiting";
}

/// Works.
#[timed(histogram = "work_seconds", labels(outcome), buckets(3600))]
#[counted(counter = "works_total", on = ok)]
#[counted_failure(counter = "work_failures_total")]
fn work(fails: bool) -> Result<(), String> {
    if fails { Err("it has failed".to_owned()) } else { Ok(()) }
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    u64::try_from(now.as_nanos()).expect("it is before 2554")
}

fn within<T>(span: u8, call: impl FnOnce() -> T) -> T {
    traced::within(span, true, call)
}

/// Where the exemplars are, and their spans.
fn places<'a>(found: &'a [Sent]) -> Vec<(&'a str, String, u8)> {
    let place = |one: &'a Sent| {
        let labels: Vec<_> = one.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (one.metric.as_str(), labels.join(","), one.span)
    };
    found.iter().map(place).collect()
}

/// The exemplars of the next message.
fn flushed(receiver: &OtlpReceiver) -> Vec<Sent> {
    assert!(metrics_runtime::flush());
    let last = receiver.requests().pop().expect("there has been one");
    exemplars(&Decoded::of(&last.body))
}

// One test: a program has one recorder.
#[test]
fn a_receiver_gets_each_exemplar_once() {
    let (receiver, gateway) = (OtlpReceiver::start(), OtlpReceiver::start());
    let metrics = metrics_runtime::builder()
        .no_listener()
        .exemplars(current)
        .otlp_endpoint(receiver.url())
        .otlp_interval(Duration::from_secs(3600))
        .push_url(gateway.url())
        .push_interval(Duration::from_secs(3600))
        .init()
        .expect("nothing is wrong");

    // Neither outside of a trace nor in one that is not kept.
    let record = || {
        WAIT.with(Step::Draw).observe(0.25);
        JOBS.with(Step::Draw).increment(1);
        let _ = (work(false), work(true));
    };
    record();
    traced::within(13, false, record);
    assert_eq!(flushed(&receiver), []);

    let before = now();
    within(1, || WAIT.with(Step::Draw).observe(0.25));
    within(2, || WAIT.with(Step::Draw).observe(20.0));
    within(3, || WAIT.with(Step::Hostile).observe(0.1));
    within(4, || JOBS.with(Step::Hostile).increment(7));
    let _ = within(5, || work(true));
    let _ = within(6, || work(false));
    within(7, || WAITING.set(1.0));
    within(8, || metrics::counter!("other_total").increment(1));
    within(8, || metrics::histogram!("other_seconds").record(1.0));
    let found = flushed(&receiver);
    let hostile = "step=a\" # {trace_id=\"b\\";
    assert_eq!(
        places(&found),
        [
            ("jobs_total", hostile.to_owned(), 4),
            ("wait_seconds", "step=draw".to_owned(), 1),
            ("wait_seconds", "step=draw".to_owned(), 2),
            ("wait_seconds", hostile.to_owned(), 3),
            ("work_failures_total", "reason=error".to_owned(), 5),
            ("work_seconds", "outcome=ok".to_owned(), 6),
            ("work_seconds", "outcome=error".to_owned(), 5),
            ("works_total", String::new(), 6),
        ]
    );
    let values: Vec<_> = found.iter().filter(|one| one.metric != "work_seconds").map(|one| one.value).collect();
    assert_eq!(values, [7.0, 0.25, 20.0, 0.1, 1.0, 1.0]);
    let times = before..=now();
    assert!(found.iter().all(|one| times.contains(&one.time)), "{times:?} {found:?}");
    assert!(found.iter().any(|one| one.time % 1_000_000 > 0), "the times are not whole milliseconds: {found:?}");

    // The other roads speak the text format, which has none.
    let pushed = String::from_utf8(gateway.wait_for(2).uncompressed()).expect("a page is a text");
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("page.prom");
    metrics.write_textfile(&file).expect("the folder is there");
    for page in [pushed, fs::read_to_string(&file).expect("the file is written"), metrics.render()] {
        assert!(page.contains("work_failures_total{reason=\"error\"} 3\n"), "{page}");
        assert!(!page.contains("span_id"), "{page}");
    }

    // What the receiver has is not sent again, until another call takes its place.
    assert_eq!(flushed(&receiver), []);
    let again = wait_until("the exemplar of a later call", || {
        within(9, || WAIT.with(Step::Draw).observe(0.3));
        Some(flushed(&receiver)).filter(|found| !found.is_empty())
    });
    assert_eq!(places(&again), [("wait_seconds", "step=draw".to_owned(), 9)]);
    assert_eq!(flushed(&receiver), []);

    // What a receiver has not taken is sent again, and nothing else.
    within(10, || WAIT.with(Step::Draw).observe(0.75));
    receiver.reply(Reply::Answer("500 Internal Server Error", "", Vec::new()));
    assert!(!metrics_runtime::flush());
    let failed = exemplars(&Decoded::of(&receiver.requests().pop().expect("there has been one").body));
    assert_eq!(places(&failed), [("wait_seconds", "step=draw".to_owned(), 10)]);
    within(11, || JOBS.with(Step::Draw).increment(1));
    let mut expected = failed;
    expected.insert(0, Sent { metric: "jobs_total".to_owned(), span: 11, value: 1.0, ..expected[0].clone() });
    let found = flushed(&receiver);
    expected[0].time = found[0].time;
    assert_eq!(found, expected);

    // A receiver that has refused a part does not want it again.
    within(12, || WAIT.with(Step::Hostile).observe(0.75));
    let partial = ExportMetricsPartialSuccess { rejected_data_points: 1, error_message: "too old".to_owned() };
    let response = ExportMetricsServiceResponse { partial_success: Some(partial) };
    receiver.reply(Reply::Answer("200 OK", "", response.encode_to_vec()));
    assert_eq!(places(&flushed(&receiver)), [("wait_seconds", hostile.to_owned(), 12)]);
    assert_eq!(flushed(&receiver), []);
    metrics.shutdown();
}
