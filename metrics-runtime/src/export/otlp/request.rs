//! The request of an export: all metrics of the page as OTLP.
//!
//! The numbers of the fields are those of `opentelemetry/proto/{collector/metrics,metrics,resource,common}/v1`:
//! <https://github.com/open-telemetry/opentelemetry-proto>.

use super::wire::Writer;
use crate::export::state::{Buckets, Family, Value};
use crate::vocabulary::Kind;

/// Values that count from the start, as on the page: `AGGREGATION_TEMPORALITY_CUMULATIVE`.
const CUMULATIVE: u64 = 2;

/// The name of the scope. It has no version, because receivers make a label of it, and each release would then be a new series.
const SCOPE: &str = "metrics_runtime";

/// In nanoseconds since 1970.
#[derive(Clone, Copy)]
pub(super) struct Times {
    /// When the counting began. It is one time for all series: one that appears later has counted nothing before.
    pub(super) start: u64,
    pub(super) now: u64,
}

/// `ExportMetricsServiceRequest`
pub(super) fn encode(families: &[Family<'_>], resource: &[(String, String)], times: Times) -> Vec<u8> {
    let mut request = Writer::default();
    request.message(1, |resource_metrics| {
        resource_metrics.message(1, |message| {
            for (name, value) in resource {
                write_attribute(message, 1, name, value);
            }
        });
        resource_metrics.message(2, |scope_metrics| {
            scope_metrics.message(1, |scope| scope.text(1, SCOPE));
            for family in families.iter().filter(|family| !family.series.is_empty()) {
                scope_metrics.message(2, |metric| write_metric(metric, family, times));
            }
        });
    });
    request.into_bytes()
}

/// `Metric`
fn write_metric(metric: &mut Writer, family: &Family<'_>, times: Times) {
    metric.text(1, family.name);
    metric.text(2, &family.help);
    metric.text(3, unit(family.name));
    let field = match family.kind {
        Kind::Gauge => 5,
        Kind::Counter => 7,
        Kind::Histogram => 9,
    };
    metric.message(field, |data| {
        for series in &family.series {
            data.message(1, |point| {
                let attributes = match &series.value {
                    Value::Number(number) => {
                        write_number(point, *number, times, family.kind);
                        7
                    }
                    Value::Histogram(buckets) => {
                        write_histogram(point, buckets, times);
                        9
                    }
                };
                for (name, value) in &series.labels {
                    write_attribute(point, attributes, name, value);
                }
            });
        }
        if family.kind != Kind::Gauge {
            data.varint(2, CUMULATIVE);
        }
        if family.kind == Kind::Counter {
            // It is monotonic.
            data.varint(3, 1);
        }
    });
}

/// The unit that the name ends in, as OTLP writes it.
///
/// A receiver that makes Prometheus' names adds the unit as a suffix, and `_total` to a counter, unless the name has them. The name is
/// that of the page, so it stays as it is: a unit is given only where the name has it. Nothing else has one, also not the unit `1`,
/// because a receiver would make `_ratio` of it.
fn unit(name: &str) -> &'static str {
    let name = name.strip_suffix("_total").unwrap_or(name);
    if name.ends_with("_seconds") {
        "s"
    } else if name.ends_with("_bytes") {
        "By"
    } else {
        ""
    }
}

/// `NumberDataPoint`, without attributes. It is always a double, as on the page, so that a metric does not change its type when it gets
/// a fraction.
fn write_number(point: &mut Writer, number: f64, times: Times, kind: Kind) {
    if kind != Kind::Gauge {
        point.fixed64(2, times.start);
    }
    point.fixed64(3, times.now);
    point.double(4, number);
}

/// `HistogramDataPoint`, without attributes. It has its sum also where values are negative. The specification advises against it,
/// but the page has the sum, and receivers drop the buckets of a histogram that has none.
fn write_histogram(point: &mut Writer, buckets: &Buckets, times: Times) {
    point.fixed64(2, times.start);
    point.fixed64(3, times.now);
    point.fixed64(4, buckets.count());
    point.double(5, buckets.sum);
    point.packed(6, buckets.counts.iter().copied());
    point.packed(7, buckets.bounds.iter().map(|bound| bound.to_bits()));
}

/// `KeyValue` with a text.
fn write_attribute(message: &mut Writer, field: u64, name: &str, value: &str) {
    message.message(field, |attribute| {
        attribute.text(1, name);
        // The text is one of several kinds of values, so it is written also if it is empty.
        attribute.message(2, |any| any.message(1, |text| text.raw(value.as_bytes())));
    });
}
