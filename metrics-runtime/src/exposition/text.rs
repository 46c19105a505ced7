//! Writes the metrics of the program.

use super::Format;
use crate::family::Kind;
use crate::recorder::{AllShards, Cell, Store};

/// What is used anew for each metric of each page.
#[derive(Default)]
pub(crate) struct Scratch {
    shards: AllShards,
    /// What is in the buckets of one series.
    counts: Vec<u64>,
    /// The labels of one series.
    labels: String,
    /// `_bucket{`, behind the metric's name.
    bucket: String,
    /// The ends of the lines of a histogram's buckets: `le="0.1"} `.
    bounds: Vec<String>,
}

/// Writes the metrics of the store, in the order of their names, each with its series in the order of its label sets;
/// now and then it hands what there is to `full`.
pub(crate) fn write(
    page: &mut String,
    store: &Store,
    format: Format,
    scratch: &mut Scratch,
    full: &mut dyn FnMut(&mut String),
) {
    let Scratch { shards, counts, labels, bucket, bounds } = scratch;
    labels.clear();
    labels.push_str(store.global_labels());
    for metric in store.metrics() {
        if metric.table.is_empty() {
            continue;
        }
        let name = metric.name;
        let family = format.family(name, metric.kind == Kind::Counter);
        for part in ["# HELP ", family, " ", metric.help(format), "\n# TYPE ", family, " ", metric.kind.as_str(), "\n"]
        {
            page.push_str(part);
        }
        if let (Format::OpenMetrics, Some(unit)) = (format, metric.unit) {
            for part in ["# UNIT ", family, " ", unit, "\n"] {
                page.push_str(part);
            }
        }
        if metric.kind == Kind::Histogram {
            bucket.clear();
            bucket.push_str(name);
            bucket.push_str("_bucket{");
            bounds.resize_with(metric.bounds.len() + 1, String::new);
            for (text, bound) in bounds.iter_mut().zip(metric.bounds.iter().copied().chain([f64::INFINITY])) {
                text.clear();
                text.push_str("le=\"");
                format.push_bound(text, bound);
                text.push_str("\"} ");
            }
        }
        shards.refresh();
        let each = |page: &mut String, labels: &str, words| match metric.cell_in(words) {
            Cell::Counter(cell) => line(page, name, "", labels, |page| push_count(page, cell.value())),
            Cell::Gauge(cell) => line(page, name, "", labels, |page| push_number(page, cell.value())),
            Cell::Histogram(cell) => {
                let sum = cell.read(shards, counts);
                let mut count = 0;
                for (bound, in_bucket) in bounds.iter().zip(counts.iter()) {
                    count += in_bucket;
                    page.push_str(bucket);
                    page.push_str(labels);
                    if !labels.is_empty() {
                        page.push(',');
                    }
                    page.push_str(bound);
                    push_count(page, count);
                    page.push('\n');
                }
                line(page, name, "_sum", labels, |page| push_nanoseconds(page, sum));
                line(page, name, "_count", labels, |page| push_count(page, count));
            }
        };
        metric.table.write(page, labels, each, full);
    }
}

fn line(page: &mut String, name: &str, suffix: &str, labels: &str, value: impl FnOnce(&mut String)) {
    page.push_str(name);
    page.push_str(suffix);
    if !labels.is_empty() {
        page.push('{');
        page.push_str(labels);
        page.push('}');
    }
    page.push(' ');
    value(page);
    page.push('\n');
}

fn push_count(page: &mut String, count: u64) {
    page.push_str(itoa::Buffer::new().format(count));
}

fn push_number(page: &mut String, number: f64) {
    use std::fmt::Write as _;
    if number.is_nan() {
        page.push_str("NaN");
    } else if number.is_infinite() {
        page.push_str(if number > 0.0 { "+Inf" } else { "-Inf" });
    } else {
        // Writing to a string does not fail.
        let _ = write!(page, "{number}");
    }
}

const NANOSECONDS: u128 = 1_000_000_000;

/// Seconds, to the last nanosecond, without zeros at the end.
fn push_nanoseconds(page: &mut String, nanoseconds: u128) {
    let mut digits = itoa::Buffer::new();
    page.push_str(digits.format(nanoseconds / NANOSECONDS));
    let rest = nanoseconds % NANOSECONDS;
    if rest > 0 {
        // A one in front keeps the zeros.
        let digits = digits.format(NANOSECONDS + rest);
        page.push('.');
        page.push_str(digits[1..].trim_end_matches('0'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_prometheus_reads_them() {
        let shown = |number| {
            let mut text = String::new();
            push_number(&mut text, number);
            text
        };
        let numbers = [0.0, -1.5, 9_007_199_254_740_992.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(shown);
        assert_eq!(numbers, ["0", "-1.5", "9007199254740992", "NaN", "+Inf", "-Inf"]);
    }

    #[test]
    fn a_sum_is_exact() {
        let shown = |nanoseconds| {
            let mut text = String::new();
            push_nanoseconds(&mut text, nanoseconds);
            text
        };
        let sums = [0, 1, 1_500_000_000, 3_000_000_000, u128::from(u64::MAX) + 1].map(shown);
        assert_eq!(sums, ["0", "0.000000001", "1.5", "3", "18446744073.709551616"]);
    }
}
