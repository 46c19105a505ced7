//! A request, as `opentelemetry-proto` reads it.

use std::collections::{BTreeMap, BTreeSet};

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::{AggregationTemporality, Metric, metric, number_data_point};
use prost::Message as _;
use system_tests::{Points, add_point};

#[derive(Debug, Default)]
pub(crate) struct Decoded {
    pub(crate) resource: BTreeMap<String, String>,
    /// Names and versions.
    pub(crate) scopes: Vec<(String, String)>,
    pub(crate) metrics: BTreeMap<String, Metric>,
    /// The series that Prometheus would have of them.
    pub(crate) points: Points,
    pub(crate) starts: BTreeSet<u64>,
    pub(crate) times: BTreeSet<u64>,
}

impl Decoded {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let request = ExportMetricsServiceRequest::decode(bytes).expect("it is a request");
        let mut decoded = Self::default();
        let [resource] = &request.resource_metrics[..] else { panic!("{request:?}") };
        decoded.resource = labels(&resource.resource.as_ref().expect("there is a resource").attributes);
        for scope in &resource.scope_metrics {
            let own = scope.scope.clone().unwrap_or_default();
            decoded.scopes.push((own.name, own.version));
            for metric in &scope.metrics {
                assert!(
                    decoded.metrics.insert(metric.name.clone(), metric.clone()).is_none(),
                    "{} is there twice",
                    metric.name
                );
                decoded.add(metric);
            }
        }
        decoded
    }

    fn add(&mut self, metric: &Metric) {
        let name = &metric.name;
        let cumulative = AggregationTemporality::Cumulative as i32;
        let numbers = match metric.data.as_ref().expect("it has data") {
            metric::Data::Gauge(gauge) => {
                assert!(gauge.data_points.iter().all(|point| point.start_time_unix_nano == 0), "{name}");
                &gauge.data_points
            }
            metric::Data::Sum(sum) => {
                assert!(sum.is_monotonic && sum.aggregation_temporality == cumulative, "{name}");
                self.starts.extend(sum.data_points.iter().map(|point| point.start_time_unix_nano));
                &sum.data_points
            }
            metric::Data::Histogram(histogram) => {
                assert_eq!(histogram.aggregation_temporality, cumulative, "{name}");
                for point in &histogram.data_points {
                    self.starts.insert(point.start_time_unix_nano);
                    self.times.insert(point.time_unix_nano);
                    let labels = labels(&point.attributes);
                    assert_eq!(point.bucket_counts.len(), point.explicit_bounds.len() + 1, "{name}");
                    assert_eq!(point.bucket_counts.iter().sum::<u64>(), point.count, "{name}");
                    let mut count = 0;
                    let bounds = point.explicit_bounds.iter().copied().chain([f64::INFINITY]);
                    for (bound, in_bucket) in bounds.zip(&point.bucket_counts) {
                        count += in_bucket;
                        let mut labels = labels.clone();
                        labels.insert("le".to_owned(), bound.to_string());
                        add_point(&mut self.points, &format!("{name}_bucket"), labels, whole(count));
                    }
                    add_point(
                        &mut self.points,
                        &format!("{name}_sum"),
                        labels.clone(),
                        point.sum.expect("it has a sum"),
                    );
                    add_point(&mut self.points, &format!("{name}_count"), labels, whole(point.count));
                }
                return;
            }
            other => panic!("{other:?}"),
        };
        for point in numbers {
            self.times.insert(point.time_unix_nano);
            let Some(number_data_point::Value::AsDouble(value)) = point.value else { panic!("{point:?}") };
            add_point(&mut self.points, name, labels(&point.attributes), value);
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the page has the same number as a text, which is read as this type too"
)]
fn whole(count: u64) -> f64 {
    count as f64
}

pub(crate) fn labels(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let labels = attributes.iter().map(|attribute| {
        let Some(any_value::Value::StringValue(value)) = attribute.value.as_ref().and_then(|any| any.value.clone())
        else {
            panic!("{attribute:?} is not a text")
        };
        (attribute.key.clone(), value)
    });
    let found: BTreeMap<_, _> = labels.collect();
    assert_eq!(found.len(), attributes.len(), "{attributes:?}");
    found
}
