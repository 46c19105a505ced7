//! Writes the catalog's part of the page.

use std::cell::LazyCell;

use crate::format::{Format, push_count, push_nanoseconds_as_seconds, push_number};
use crate::recorder::{ReadValues, SeriesVisitor, Store, StoredMetric};
use crate::storage::{AllShards, CounterCell, GaugeCell, GaugeValues, HistogramValues, Row};
use crate::util::ProcessStatus;
use crate::vocabulary::Kind;

/// Buffers that are reused for each metric of each page.
#[derive(Default)]
pub(crate) struct Scratch {
    values: Values,
    /// The labels of one series.
    labels: String,
    /// The start of the lines of a histogram's buckets: `wait_seconds_bucket{`.
    bucket: String,
    /// The label `le` of each bucket of a histogram, up to the value: `le="0.1"} `.
    bounds: Vec<String>,
}

/// The values of some series of one metric, which are read together.
#[derive(Default)]
struct Values {
    shards: AllShards,
    counters: Vec<u64>,
    gauges: GaugeValues,
    histograms: HistogramValues,
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
    let Scratch { values, labels, bucket, bounds } = scratch;
    labels.clear();
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
        values.shards.refresh();
        let mut writer = SeriesWriter { page, metric, read, bucket, bounds, values, flush };
        metric.table.for_each(labels, &mut writer);
    }
}

/// Writes the series of one metric.
struct SeriesWriter<'page> {
    page: &'page mut String,
    metric: &'page StoredMetric,
    /// The values of a metric that are read while the page is made.
    read: Option<ReadValues>,
    bucket: &'page str,
    bounds: &'page [String],
    values: &'page mut Values,
    flush: &'page mut dyn FnMut(&mut String),
}

impl SeriesVisitor for SeriesWriter<'_> {
    fn batch(&mut self, rows: &[Row]) {
        if self.read.is_some() {
            return;
        }
        let Values { shards, counters, gauges, histograms } = &mut *self.values;
        match self.metric.kind {
            Kind::Counter => CounterCell::read(shards, rows, counters),
            Kind::Gauge => GaugeCell::read(shards, rows, gauges),
            Kind::Histogram => histograms.read(shards, self.metric.bounds_in_nanoseconds, rows),
        }
    }

    fn series(&mut self, at: usize, labels: &str, row: Row, is_other: bool) {
        if let Some(read) = &self.read {
            if let Some(value) = read.value(row) {
                self.push_line("", labels, |page| push_number(page, value));
            }
            return;
        }
        match self.metric.kind {
            Kind::Counter => {
                if let Some(&value) = self.values.counters.get(at) {
                    self.push_line("", labels, |page| push_count(page, value));
                }
            }
            Kind::Gauge => {
                // One number for several values of a capped label, each of which was set, would be wrong.
                let value = self.values.gauges.get(at).filter(|value| !(is_other && value.is_nan()));
                if let Some(value) = value {
                    self.push_line("", labels, |page| push_number(page, value));
                }
            }
            Kind::Histogram => self.push_histogram(at, labels),
        }
    }

    fn after_batch(&mut self) {
        (self.flush)(self.page);
    }
}

impl SeriesWriter<'_> {
    fn push_histogram(&mut self, at: usize, labels: &str) {
        let Some((sum, counts)) = self.values.histograms.get(at) else { return };
        let (page, bucket) = (&mut *self.page, self.bucket);
        let mut count = 0;
        for (bound, in_bucket) in self.bounds.iter().zip(counts) {
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
        self.push_line("_sum", labels, |page| push_nanoseconds_as_seconds(page, sum));
        self.push_line("_count", labels, |page| push_count(page, count));
    }

    /// `wait_seconds_sum{step="upscale"} 1.5`
    fn push_line(&mut self, suffix: &str, labels: &str, push_value: impl FnOnce(&mut String)) {
        let page = &mut *self.page;
        page.push_str(self.metric.name);
        page.push_str(suffix);
        if !labels.is_empty() {
            page.push('{');
            page.push_str(labels);
            page.push('}');
        }
        page.push(' ');
        push_value(page);
        page.push('\n');
    }
}
