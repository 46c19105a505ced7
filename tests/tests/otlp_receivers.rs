//! Receivers of OTLP that are away, slow or wrong: the program goes on, the log says what happens, and the numbers are right
//! afterwards.

mod otlp {
    pub(crate) mod decoded;
}

use std::collections::BTreeMap;
use std::time::Duration;

use metrics_runtime::{Handle, timed};
use opentelemetry_proto::tonic::collector::metrics::v1::{ExportMetricsPartialSuccess, ExportMetricsServiceResponse};
use otlp::decoded::Decoded;
use prost::Message as _;
use system_tests::{Log, OtlpReceiver, Page, Reply, free_port, wait_until};

/// Works.
#[timed(histogram = "work_seconds", buckets(3600))]
fn work() {}

fn wait_for(log: &Log, part: &str) {
    wait_until(part, || log.text().contains(part).then_some(()));
}

fn failures(metrics: &Handle) -> f64 {
    let page = Page::from(metrics.render());
    page.value("metrics_export_failures_total", &[("road", "otlp")]).expect("the road is used")
}

// One test: a program has one recorder, and one log of all threads.
#[test]
fn an_outage_ends_with_the_right_numbers() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    tracing::subscriber::set_global_default(subscriber).expect("there is none yet");

    // At first nobody listens.
    let port = free_port();
    let metrics = metrics_runtime::builder()
        .no_listener()
        .otlp_endpoint(format!("http://127.0.0.1:{port}/tenant?token=s3cret"))
        .otlp_header("authorization", "Bearer s3cret")
        .otlp_interval(Duration::from_millis(50))
        .otlp_timeout(Duration::from_secs(3))
        .init()
        .expect("nothing is wrong");
    work();
    wait_until("a failure", || (failures(&metrics) >= 1.0).then_some(()));
    wait_for(&log, "metrics could not be exported");
    assert!(Page::from(metrics.render()).value("metrics_export_age_seconds", &[("road", "otlp")]).is_some());

    let status = |words: &str| {
        // `google.rpc.Status`: a code and a message.
        let mut bytes = vec![0x08, 3, 0x12, u8::try_from(words.len()).expect("it is short")];
        bytes.extend(words.as_bytes());
        bytes
    };
    let replies = [
        Reply::Silence,
        Reply::Answer("400 Bad Request", "", status("no such tenant\nerror: forged")),
        Reply::Answer("429 Too Many Requests", "retry-after: 1\r\n", Vec::new()),
        Reply::Answer("500 Internal Server Error", "", b"oh no".to_vec()),
        Reply::Raw(b"\x00\x01garbage\r\n\r\n"),
        Reply::Raw(b"HTTP/1.1 200 OK\r\ncontent-le"),
        Reply::Close,
        Reply::Answer("200 OK", "content-type: text/html\r\n", b"<html>Please log in</html>".to_vec()),
        Reply::Endless,
        Reply::Answer("302 Found", "location: http://127.0.0.1:1/\r\n", Vec::new()),
    ];
    let wrong = replies.len();
    let receiver = OtlpReceiver::start_on(port, replies);
    // The first one may have been sent to nobody, and counts already.
    for request in 1..=wrong {
        work();
        let _ = receiver.wait_for(request);
    }
    wait_for(&log, "metrics are exported again");
    let text = log.text();
    for part in [
        "no answer in time",
        "the receiver of OTLP answers 400: no such tenant\\nerror: forged",
        "the receiver of OTLP answers 429",
        "the receiver of OTLP answers 500: oh no",
        "its answer is not HTTP",
        "its answer is not one of OTLP",
        "redirects are not followed",
    ] {
        assert_eq!(text.matches(part).count(), 1, "{part}: {text}");
    }
    assert!(!text.contains("s3cret"), "{text}");
    let failed = failures(&metrics);
    assert!(failed >= 1.0 + f64::from(u32::try_from(wrong).expect("it is small")), "{failed}");

    // No more of an answer is read than the program needs; what the system holds for it is sent too.
    assert!(receiver.endless_bytes() < 64 << 20, "{} bytes were read", receiver.endless_bytes());

    // The receiver has asked for a second without a request.
    let requests = receiver.requests();
    let waited = requests[3].at.duration_since(requests[2].at);
    assert!(waited >= Duration::from_secs(1), "{waited:?}");
    assert_eq!(requests[0].line, "POST /tenant/v1/metrics?token=s3cret HTTP/1.1");
    assert_eq!(requests[0].header("authorization"), Some("Bearer s3cret"));

    // What could not be sent is in the next export.
    let words = format!("2 are too old{}", ", very old".repeat(1000));
    let partial = ExportMetricsPartialSuccess { rejected_data_points: 2, error_message: words };
    let response = ExportMetricsServiceResponse { partial_success: Some(partial) };
    receiver.reply(Reply::Answer("200 OK", "", response.encode_to_vec()));
    wait_for(&log, "2 are too old");
    metrics.shutdown();
    let last = receiver.requests().pop().expect("there are some");
    let count = Decoded::of(&last.body).points[&("work_seconds_count".to_owned(), BTreeMap::new())];
    #[expect(clippy::cast_precision_loss, reason = "it is small")]
    let worked = (1 + wrong) as f64;
    assert_eq!(f64::from_bits(count).to_bits(), worked.to_bits());
}
