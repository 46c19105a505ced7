//! Writes the catalog's part of the page.

use std::cell::LazyCell;

use crate::format::{Format, push_count, push_nanoseconds_as_seconds, push_number};
use crate::recorder::{Cell, Store};
use crate::storage::AllShards;
use crate::util::ProcessStatus;
use crate::vocabulary::Kind;

/// Buffers that are reused for each metric of each page.
#[derive(Default)]
pub(crate) struct Scratch {
    shards: AllShards,
    /// The bucket counts of one series.
    counts: Vec<u64>,
    /// The labels of one series.
    labels: String,
    /// The starts of a metric's lines.
    lines: Lines,
    bounds: Bounds,
}

/// The texts of a histogram's bounds. Most histograms have the same.
#[derive(Default)]
struct Bounds {
    bounds: Vec<f64>,
    /// The label `le` of each bucket, up to the value: `le="0.1"} `. Empty before the first histogram of a page.
    texts: Vec<String>,
}

impl Bounds {
    fn set(&mut self, bounds: &[f64], format: Format) {
        if !self.texts.is_empty() && self.bounds == bounds {
            return;
        }
        self.bounds.clear();
        self.bounds.extend(bounds);
        self.texts.clear();
        self.texts.extend(bounds.iter().copied().chain([f64::INFINITY]).map(|bound| {
            let mut text = "le=\"".to_owned();
            format.push_bound(&mut text, bound);
            text.push_str("\"} ");
            text
        }));
    }
}

/// The starts of the lines of one metric.
#[derive(Default)]
struct Lines {
    /// `jobs_total{`
    value: String,
    /// `wait_seconds_sum{`
    sum: String,
    /// `wait_seconds_count{`
    count: String,
    /// `wait_seconds_bucket{step="upscale",`
    bucket: String,
    /// The length of `wait_seconds_bucket{`.
    bucket_name: usize,
}

impl Lines {
    fn start(&mut self, name: &str) {
        for (start, suffix) in [
            (&mut self.value, "{"),
            (&mut self.sum, "_sum{"),
            (&mut self.count, "_count{"),
            (&mut self.bucket, "_bucket{"),
        ] {
            start.clear();
            start.push_str(name);
            start.push_str(suffix);
        }
        self.bucket_name = self.bucket.len();
    }

    /// The start of the lines of the buckets of one series.
    fn bucket(&mut self, labels: &str) -> &str {
        self.bucket.truncate(self.bucket_name);
        self.bucket.push_str(labels);
        if !labels.is_empty() {
            self.bucket.push(',');
        }
        &self.bucket
    }
}

/// Writes the metrics of the store, sorted by name, each with its series in the order of the label sets. Now and then it
/// calls `flush` with the text so far.
pub(crate) fn write(
    page: &mut String,
    store: &Store,
    format: Format,
    scratch: &mut Scratch,
    flush: &mut dyn FnMut(&mut String),
) {
    let Scratch { shards, counts, labels, lines, bounds } = scratch;
    labels.clear();
    // The last page may have had another format.
    bounds.texts.clear();
    labels.push_str(store.global_labels());
    let process = LazyCell::new(ProcessStatus::read);
    for metric in store.metrics().iter().filter(|metric| metric.is_shown()) {
        let read = if metric.is_read() {
            let Some(values) = metric.read(|| *process) else { continue };
            Some(values)
        } else {
            None
        };
        let name = metric.name;
        let family = format.family_name(name, metric.kind == Kind::Counter);
        for part in ["# HELP ", family, " ", metric.help(format), "\n# TYPE ", family, " ", metric.kind.as_str(), "\n"]
        {
            page.push_str(part);
        }
        if let (Format::OpenMetrics, Some(unit)) = (format, metric.unit) {
            for part in ["# UNIT ", family, " ", unit, "\n"] {
                page.push_str(part);
            }
        }
        lines.start(name);
        if metric.kind == Kind::Histogram {
            bounds.set(&metric.bounds, format);
        }
        shards.refresh();
        let write = |page: &mut String, labels: &str, row, is_other| {
            if let Some(values) = &read {
                if let Some(value) = values.value(row) {
                    push_line(page, &lines.value, labels, |page| push_number(page, value));
                }
                return;
            }
            match metric.cell(row) {
                Cell::Counter(cell) => push_line(page, &lines.value, labels, |page| push_count(page, cell.value())),
                Cell::Gauge(cell) => {
                    let value = cell.value();
                    // One number for several values of a capped label, each of which was set, would be wrong.
                    if !(is_other && value.is_nan()) {
                        push_line(page, &lines.value, labels, |page| push_number(page, value));
                    }
                }
                Cell::Histogram(cell) => {
                    let sum = cell.read(shards, counts);
                    let start = lines.bucket(labels);
                    let (mut count, mut digits) = (0, itoa::Buffer::new());
                    let mut shown = digits.format(count);
                    for (bound, in_bucket) in bounds.texts.iter().zip(counts.iter()) {
                        if *in_bucket > 0 {
                            count += in_bucket;
                            shown = digits.format(count);
                        }
                        for part in [start, bound, shown, "\n"] {
                            page.push_str(part);
                        }
                    }
                    push_line(page, &lines.sum, labels, |page| push_nanoseconds_as_seconds(page, sum));
                    push_line(page, &lines.count, labels, |page| page.push_str(shown));
                }
            }
        };
        metric.table.for_each(page, labels, write, flush);
    }
}

/// `wait_seconds_sum{step="upscale"} 1.5`; `start` is `wait_seconds_sum{`.
fn push_line(page: &mut String, start: &str, labels: &str, push_value: impl FnOnce(&mut String)) {
    if labels.is_empty() {
        page.push_str(start.trim_end_matches('{'));
        page.push(' ');
    } else {
        page.push_str(start);
        page.push_str(labels);
        page.push_str("} ");
    }
    push_value(page);
    page.push('\n');
}
