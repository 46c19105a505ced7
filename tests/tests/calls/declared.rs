//! Metrics that are declared once and recorded by functions and by hand.

use metrics_runtime::{FailedOutcome, Label, Outcome, counted, counted_failure, in_flight, timed};

use super::support::{cancel, metrics, panics, sure, value};

#[derive(Clone, Copy, Debug, Label)]
pub enum Endpoint {
    Prompt,
    History,
}

#[derive(Clone, Copy, Debug, Label)]
pub enum Status {
    Success,
    Failure,
    None,
}

impl Status {
    fn of(result: &Result<u32, String>) -> Self {
        if result.is_ok() { Self::Success } else { Self::Failure }
    }
}

mod elsewhere {
    use super::{Endpoint, FailedOutcome, Outcome, Status};

    metrics_runtime::declare_metrics! {
        /// Requests.
        pub counter REQUESTS = "declared_requests_total", labels(endpoint: Endpoint, status: Status);
        /// How requests ended.
        pub counter ENDED = "declared_ended_total", labels(outcome: Outcome, endpoint: Endpoint);
        /// Requests that failed.
        pub counter FAILURES = "declared_failures_total", labels(reason: FailedOutcome, endpoint: Endpoint);
        /// How long requests took.
        pub histogram SECONDS = "declared_seconds", labels(large: Option<bool>), buckets(1, 60);
        /// Requests that are in flight.
        pub gauge ACTIVE = "declared_active";
    }
}

use elsewhere::REQUESTS;

#[timed(histogram = elsewhere::SECONDS, labels(large = |result| Some(*result.as_ref().unwrap_or(&0) > 10)))]
#[counted(counter = REQUESTS, on = end, labels(status = |result| Status::of(result), endpoint))]
#[counted(counter = elsewhere::ENDED, on = end, labels(endpoint, outcome))]
#[counted_failure(counter = elsewhere::FAILURES, labels(endpoint))]
#[in_flight(gauge = elsewhere::ACTIVE)]
async fn request(endpoint: Endpoint, answer: Option<Result<u32, String>>) -> Result<u32, String> {
    match answer {
        Some(answer) => answer,
        None => std::future::pending().await,
    }
}

/// Another function that records the same metric.
#[counted(counter = REQUESTS, labels(endpoint = if urgent { Endpoint::Prompt } else { Endpoint::History }, status = Status::None))]
fn count_only(urgent: bool) {
    assert!(urgent, "on purpose");
}

fn requests(endpoint: &str, status: &str) -> f64 {
    sure(&format!("declared_requests_total{{endpoint=\"{endpoint}\",status=\"{status}\"}}"))
}

#[test]
fn several_functions_and_code_by_hand_share_a_metric() {
    metrics();
    let finish = super::support::finish;
    assert!(finish(request(Endpoint::Prompt, Some(Ok(11)))).is_ok());
    assert!(finish(request(Endpoint::Prompt, Some(Ok(1)))).is_ok());
    assert!(finish(request(Endpoint::History, Some(Err("no".to_owned())))).is_err());
    cancel(request(Endpoint::History, None));
    count_only(true);
    panics(|| count_only(false));
    REQUESTS.with(Endpoint::Prompt, Status::Failure).increment(5);

    assert_eq!(requests("prompt", "success"), 2.0);
    assert_eq!(requests("prompt", "failure"), 5.0);
    assert_eq!(requests("prompt", "none"), 1.0);
    assert_eq!(requests("history", "success"), 0.0);
    assert_eq!(requests("history", "failure"), 1.0);
    assert_eq!(requests("history", "none"), 2.0, "the cancelled call, and the call that counts its start");
    assert_eq!(sure("declared_ended_total{outcome=\"ok\",endpoint=\"prompt\"}"), 2.0);
    assert_eq!(sure("declared_ended_total{outcome=\"error\",endpoint=\"history\"}"), 1.0);
    assert_eq!(sure("declared_ended_total{outcome=\"cancelled\",endpoint=\"history\"}"), 1.0);
    assert_eq!(sure("declared_failures_total{reason=\"error\",endpoint=\"history\"}"), 1.0);
    assert_eq!(sure("declared_failures_total{reason=\"cancelled\",endpoint=\"history\"}"), 1.0);
    assert_eq!(value("declared_failures_total{reason=\"ok\",endpoint=\"history\"}"), None);
    assert_eq!(sure("declared_seconds_count{large=\"true\"}"), 1.0);
    assert_eq!(sure("declared_seconds_count{large=\"false\"}"), 2.0);
    assert_eq!(sure("declared_seconds_count{large=\"none\"}"), 1.0);
    assert_eq!(sure("declared_active"), 0.0);
}

#[test]
fn the_catalog_lists_all_sites() {
    let catalog = metrics_runtime::catalog();
    let metric = catalog.metric("declared_requests_total").expect("it is declared");
    let items: Vec<&str> = metric.sites().iter().map(metrics_runtime::Site::item).collect();
    assert_eq!(items, ["REQUESTS", "request", "count_only"]);
    assert!(
        metric.sites().iter().all(|site| site.file().ends_with("declared.rs") && site.module().contains("declared"))
    );
    assert!(metric.sites()[0].line() < metric.sites()[1].line());
    assert_eq!(metric.help(), "Requests.");
    assert_eq!(metric.max_series(), 6);
    assert_eq!(metric.budget(), 1000);
    let labels = metric.labels();
    assert_eq!(labels[1].name(), "status");
    assert_eq!(labels[1].values(), ["success", "failure", "none"]);
    assert_eq!(labels[1].max_values(), 3);
    let seconds = catalog.metric("declared_seconds").expect("it is declared");
    assert_eq!((seconds.unit(), seconds.buckets()), (Some("seconds"), &[1.0, 60.0][..]));
    assert_eq!(seconds.max_series(), 3 * 5);
}
