//! Calls in spans, and the exemplars that a message has of them.

use std::cell::Cell;
use std::collections::BTreeMap;

use metrics_runtime::TraceContext;
use opentelemetry_proto::tonic::metrics::v1::exemplar::Value;
use opentelemetry_proto::tonic::metrics::v1::{Exemplar, metric};

use super::decoded::{Decoded, labels};

thread_local! {
    static CURRENT: Cell<Option<TraceContext>> = const { Cell::new(None) };
}

/// The source of a program whose spans are those of [`within`].
pub(crate) fn current() -> Option<TraceContext> {
    CURRENT.get()
}

/// Calls a function in the span with this number.
pub(crate) fn within<T>(number: u8, is_sampled: bool, call: impl FnOnce() -> T) -> T {
    CURRENT.set(TraceContext::new(trace_id(number), span_id(number), is_sampled));
    let result = call();
    CURRENT.set(None);
    result
}

fn trace_id(number: u8) -> u128 {
    0x00f0_67aa_0ba9_02b7_4bf9_2f35_77b3_4d00 + u128::from(number)
}

fn span_id(number: u8) -> u64 {
    0x0a_3ce9_29d0_e000 + u64::from(number)
}

/// An exemplar, with the series that it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sent {
    pub(crate) metric: String,
    pub(crate) labels: BTreeMap<String, String>,
    /// The number of its span.
    pub(crate) span: u8,
    pub(crate) value: f64,
    pub(crate) time: u64,
}

/// The exemplars of a message, each of which fits its point: its time is between those of the point, and its bucket has a count. No
/// bucket has two.
pub(crate) fn exemplars(message: &Decoded) -> Vec<Sent> {
    let mut found = Vec::new();
    for (name, metric) in &message.metrics {
        match metric.data.as_ref().expect("it has data") {
            metric::Data::Gauge(gauge) => assert!(gauge.data_points.iter().all(|point| point.exemplars.is_empty())),
            metric::Data::Sum(sum) => {
                for point in &sum.data_points {
                    assert!(point.exemplars.len() <= 1, "{name}: {point:?}");
                    let times = (point.start_time_unix_nano, point.time_unix_nano);
                    found.extend(point.exemplars.iter().map(|own| sent(name, labels(&point.attributes), own, times)));
                }
            }
            metric::Data::Histogram(histogram) => {
                for point in &histogram.data_points {
                    let times = (point.start_time_unix_nano, point.time_unix_nano);
                    let mut counts = point.bucket_counts.clone();
                    for own in &point.exemplars {
                        let own = sent(name, labels(&point.attributes), own, times);
                        let bucket = point.explicit_bounds.iter().filter(|bound| **bound < own.value).count();
                        assert!(counts[bucket] > 0, "{own:?} is not in {point:?}");
                        counts[bucket] = 0;
                        found.push(own);
                    }
                }
            }
            other => panic!("{other:?}"),
        }
    }
    found
}

fn sent(metric: &str, labels: BTreeMap<String, String>, exemplar: &Exemplar, (start, end): (u64, u64)) -> Sent {
    assert!((start..=end).contains(&exemplar.time_unix_nano), "{metric}: {exemplar:?}");
    assert!(exemplar.filtered_attributes.is_empty(), "{metric}: {exemplar:?}");
    let span = exemplar.span_id.last().copied().expect("there is an id of the span");
    assert_eq!(exemplar.span_id, span_id(span).to_be_bytes(), "{metric}");
    assert_eq!(exemplar.trace_id, trace_id(span).to_be_bytes(), "{metric}");
    let Some(Value::AsDouble(value)) = exemplar.value else { panic!("{metric}: {exemplar:?}") };
    Sent { metric: metric.to_owned(), labels, span, value, time: exemplar.time_unix_nano }
}
