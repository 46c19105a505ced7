//! Real receivers take a message with exemplars: a collector sends them on, and a database stores the values beside them.

mod otlp {
    pub(crate) mod decoded;
    pub(crate) mod traced;
}

use std::sync::LazyLock;
use std::time::Duration;

use metrics_runtime::{counted_failure, timed};
use otlp::decoded::Decoded;
use otlp::traced::{current, exemplars, within};
use system_tests::{OtlpReceiver, Response, Rotel, VictoriaMetrics, assert_same_points, wait_until};

/// Works.
#[timed(histogram = "work_seconds", labels(outcome), buckets(0.5, 3600))]
#[counted_failure(counter = "work_failures_total")]
fn work(fails: bool) -> Result<(), String> {
    if fails { Err("it has failed".to_owned()) } else { Ok(()) }
}

/// A message of this program, as a receiver has got it.
static MESSAGE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let receiver = OtlpReceiver::start();
    let metrics = metrics_runtime::builder()
        .no_listener()
        .exemplars(current)
        .otlp_endpoint(receiver.url())
        .otlp_resource("service.name", "same")
        .otlp_resource("service.instance.id", "one")
        .otlp_interval(Duration::from_secs(3600))
        .init()
        .expect("nothing is wrong");
    let _ = (within(1, true, || work(false)), within(2, true, || work(true)));
    metrics.shutdown();
    receiver.wait_for(1).body
});

/// Posts the message as the program does.
fn post_to(url: &str) {
    let answer = Response::post_with_headers(url, &[("content-type", "application/x-protobuf")], &*MESSAGE);
    let answer = answer.expect("the receiver answers");
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[test]
fn a_collector_sends_them_on_as_they_are() {
    let behind = OtlpReceiver::start();
    let collector = Rotel::sending_to(&format!("{}/v1/metrics", behind.url()));
    let sent = Decoded::of(&MESSAGE);
    post_to(&format!("{}/v1/metrics", collector.url()));
    let received = Decoded::of(
        &wait_until("the message behind the collector", || {
            behind.requests().into_iter().find(|request| request.line.starts_with("POST /v1/metrics "))
        })
        .uncompressed(),
    );
    assert_eq!(exemplars(&received).iter().map(|one| one.span).collect::<Vec<_>>(), [2, 1, 2]);
    assert_eq!(exemplars(&received), exemplars(&sent));
    assert_same_points(&received.points, &sent.points);
}

#[test]
fn a_database_stores_the_values_beside_them() {
    let sent = Decoded::of(&MESSAGE);
    assert_eq!(exemplars(&sent).len(), 3);
    let stored = VictoriaMetrics::start();
    post_to(stored.otlp_url());
    let resource = [("service_name", "same"), ("service_instance_id", "one")];
    let found = wait_until("the metrics are stored", || {
        Some(stored.points(&resource)).filter(|points| points.len() >= sent.points.len())
    });
    assert_same_points(&found, &sent.points);
}
