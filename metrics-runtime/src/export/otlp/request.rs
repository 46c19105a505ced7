//! The request of an export: all metrics of the page as OTLP.
//!
//! The numbers of the fields are those of `opentelemetry/proto/{collector/metrics,metrics,resource,common}/v1`:
//! <https://github.com/open-telemetry/opentelemetry-proto>.

use super::wire::Writer;
use crate::export::state::{Buckets, Exemplar, Family, Value};
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
                let (exemplars, attributes) = match &series.value {
                    Value::Number(number) => {
                        write_number(point, *number, times, family.kind);
                        (5, 7)
                    }
                    Value::Histogram(buckets) => {
                        write_histogram(point, buckets, times);
                        (8, 9)
                    }
                };
                for exemplar in &series.exemplars {
                    point.message(exemplars, |message| write_exemplar(message, exemplar, times));
                }
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

/// `NumberDataPoint`, without exemplars and attributes. It is always a double, as on the page, so that a metric does not change its type when it gets
/// a fraction.
fn write_number(point: &mut Writer, number: f64, times: Times, kind: Kind) {
    if kind != Kind::Gauge {
        point.fixed64(2, times.start);
    }
    point.fixed64(3, times.now);
    point.double(4, number);
}

/// `HistogramDataPoint`, without exemplars and attributes. It has its sum also where values are negative. The specification advises against it,
/// but the page has the sum, and receivers drop the buckets of a histogram that has none.
fn write_histogram(point: &mut Writer, buckets: &Buckets, times: Times) {
    point.fixed64(2, times.start);
    point.fixed64(3, times.now);
    point.fixed64(4, buckets.count());
    point.double(5, buckets.sum);
    point.packed(6, buckets.counts.iter().copied());
    point.packed(7, buckets.bounds.iter().map(|bound| bound.to_bits()));
}

/// `Exemplar`. Its value is a double, as those of the points are.
fn write_exemplar(message: &mut Writer, exemplar: &Exemplar, times: Times) {
    // The clock may have been set. An exemplar is of the time of its point, and a receiver may refuse another one.
    message.fixed64(2, exemplar.time.clamp(times.start, times.now));
    message.double(3, exemplar.value);
    message.message(4, |id| id.raw(&exemplar.span_id.to_be_bytes()));
    message.message(5, |id| id.raw(&exemplar.trace_id.to_be_bytes()));
}

/// `KeyValue` with a text.
fn write_attribute(message: &mut Writer, field: u64, name: &str, value: &str) {
    message.message(field, |attribute| {
        attribute.text(1, name);
        // The text is one of several kinds of values, so it is written also if it is empty.
        attribute.message(2, |any| any.message(1, |text| text.raw(value.as_bytes())));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::state::families;

    const PAGE: &str = "\
# HELP jobs_total Jobs.
# TYPE jobs_total counter
jobs_total{step=\"draw\"} 3
# HELP wait_seconds Time.
# TYPE wait_seconds histogram
wait_seconds_bucket{le=\"0.5\"} 1
wait_seconds_bucket{le=\"+Inf\"} 3
wait_seconds_sum 2.25
wait_seconds_count 3
# TYPE memory gauge
memory 7
";

    #[test]
    fn a_message_without_exemplars_has_nothing_of_them() {
        let (resource, times) = ([("service.name".to_owned(), "a".to_owned())], Times { start: 1, now: 2 });
        let size = |page: &str| encode(&families(page), &resource, times).len();
        assert_eq!(size(PAGE), 248);

        let ids = format!("trace_id=\"{:032x}\",span_id=\"{:016x}\"", 1, 2);
        let page = PAGE.replace("\"draw\"} 3", &format!("\"draw\"}} 3 # {{{ids}}} 1 7"));
        // Two bytes are the tag and the length of the exemplar, and two those of each id.
        assert_eq!(size(&page), 248 + 2 + (1 + 8) + (1 + 8) + (2 + 8) + (2 + 16));
    }
}
