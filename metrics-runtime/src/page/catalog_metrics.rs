//! Writes the catalog's part of the page.

use std::cell::LazyCell;

use super::exemplars::Exemplars;
use super::lines::{Bounds, Lines, push_line};
use crate::definition::PROCESS_LABEL;
use crate::format::{Format, push_count, push_label, push_number, push_steps};
use crate::processes::Others;
use crate::recorder::{ReadValues, SeriesVisitor, Store, StoredMetric};
use crate::storage::{AllShards, CounterCell, GaugeCell, GaugeValues, HistogramValues, Row, SumCell};
use crate::util::ProcessStatus;
use crate::vocabulary::Kind;

/// Buffers that are reused for each metric of each page.
#[derive(Default)]
pub(crate) struct Scratch {
    values: Values,
    /// The labels of one series.
    labels: String,
    /// The starts of a metric's lines.
    lines: Lines,
    bounds: Bounds,
}

/// The values of some series of one metric, which are read together.
#[derive(Default)]
struct Values {
    shards: AllShards,
    counters: Vec<u64>,
    /// Of counters of fractions, in steps.
    sums: Vec<u128>,
    gauges: GaugeValues,
    histograms: HistogramValues,
}

/// Writes the metrics of the store, sorted by name, each with its series in the order of the label sets. Now and then it
/// calls `flush` with the text so far.
pub(crate) fn write(
    page: &mut String,
    store: &Store,
    others: Option<&Others>,
    (format, exemplars): (Format, Exemplars),
    scratch: &mut Scratch,
    flush: &mut dyn FnMut(&mut String),
) {
    #[cfg(not(feature = "exemplars"))]
    let _ = exemplars;
    let Scratch { values, labels, lines, bounds } = scratch;
    labels.clear();
    // The last page may have had another format.
    bounds.texts.clear();
    labels.push_str(store.global_labels());
    let process = LazyCell::new(ProcessStatus::read);
    let is_of_all = others.is_some();
    let others = others.unwrap_or(const { &Others::NONE });
    if !others.is_empty() {
        store.metrics().iter().for_each(|metric| metric.adopt(|first, words| others.has_values(first, words)));
    }
    for metric in store.metrics().iter().filter(|metric| metric.is_shown()) {
        if metric.is_of_all_processes() && !is_of_all {
            continue;
        }
        labels.truncate(store.global_labels().len());
        if is_of_all && metric.is_read() && !metric.is_of_all_processes() {
            // Another process may make the next page, and has another value of it.
            push_label(labels, PROCESS_LABEL, &std::process::id().to_string());
        }
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
        values.shards.refresh();
        let mut writer = SeriesWriter {
            page,
            metric,
            #[cfg(feature = "exemplars")]
            exemplars,
            others,
            read,
            lines,
            bounds,
            values,
            flush,
        };
        metric.table.for_each(labels, &mut writer);
    }
}

/// Writes the series of one metric.
struct SeriesWriter<'page> {
    page: &'page mut String,
    metric: &'page StoredMetric,
    #[cfg(feature = "exemplars")]
    exemplars: Exemplars,
    /// The values of other processes, which belong to those of this one.
    others: &'page Others,
    /// The values of a metric that are read while the page is made.
    read: Option<ReadValues>,
    lines: &'page mut Lines,
    bounds: &'page Bounds,
    values: &'page mut Values,
    flush: &'page mut dyn FnMut(&mut String),
}

impl SeriesVisitor for SeriesWriter<'_> {
    fn batch(&mut self, rows: &[Row]) {
        if self.read.is_some() {
            return;
        }
        let Values { shards, counters, sums, gauges, histograms } = &mut *self.values;
        match self.metric.kind {
            Kind::Counter if self.metric.is_fractional() => SumCell::read(shards, rows, sums),
            Kind::Counter => CounterCell::read(shards, rows, counters),
            Kind::Gauge => GaugeCell::read(shards, rows, gauges),
            Kind::Histogram => histograms.read(shards, self.metric.buckets.bounds(), rows),
        }
    }

    fn series(&mut self, at: usize, labels: &str, row: Row, is_other: bool) {
        if let Some(read) = &self.read {
            if let Some(value) = read.value(row) {
                push_line(self.page, &self.lines.value, labels, |page| push_number(page, value));
            }
            return;
        }
        let first = row.first() as usize;
        match self.metric.kind {
            Kind::Counter if self.metric.is_fractional() => self.push_sum(at, row, labels),
            Kind::Counter => {
                if let Some(&value) = self.values.counters.get(at) {
                    let value = value.wrapping_add(self.others.count(first));
                    #[cfg(feature = "exemplars")]
                    let exemplars = self.exemplars;
                    push_line(self.page, &self.lines.value, labels, |page| {
                        push_count(page, value);
                        #[cfg(feature = "exemplars")]
                        if value > 0 {
                            exemplars.push_of_count(page, row);
                        }
                    });
                }
            }
            Kind::Gauge => {
                // One number for several values of a capped label, each of which was set, would be wrong.
                let value = self.values.gauges.get(at).map(|own| self.others.gauge(self.metric.join, row, own));
                let value = value.filter(|value| !(is_other && value.is_nan()));
                if let Some(value) = value {
                    push_line(self.page, &self.lines.value, labels, |page| push_number(page, value));
                }
            }
            Kind::Histogram => self.push_histogram(at, row, labels),
        }
    }

    fn after_batch(&mut self) {
        (self.flush)(self.page);
    }
}

impl SeriesWriter<'_> {
    /// The line of a counter of fractions.
    fn push_sum(&mut self, at: usize, row: Row, labels: &str) {
        let Some(own) = self.values.sums.get(at) else { return };
        let sum = own.saturating_add(self.others.sum(row.first() as usize));
        let places = self.metric.decimal_places();
        push_line(self.page, &self.lines.value, labels, |page| {
            push_steps(page, sum, places);
            #[cfg(feature = "exemplars")]
            if sum > 0 {
                self.exemplars.push_of_sum(page, row, places);
            }
        });
    }

    fn push_histogram(&mut self, at: usize, row: Row, labels: &str) {
        let Some((own, counts)) = self.values.histograms.get_mut(at) else { return };
        let sum = own.saturating_add(self.others.read_histogram(row.first() as usize, counts));
        let (page, lines) = (&mut *self.page, &mut *self.lines);
        let places = self.metric.decimal_places();
        let start = lines.bucket(labels);
        let (mut count, mut digits) = (0, itoa::Buffer::new());
        let mut shown = digits.format(count);
        for (bucket, (bound, in_bucket)) in self.bounds.texts.iter().zip(counts.iter()).enumerate() {
            if *in_bucket > 0 {
                // It wraps around only where a damaged file of another process has such counts.
                count = u64::wrapping_add(count, *in_bucket);
                shown = digits.format(count);
            }
            for part in [start, bound, shown] {
                page.push_str(part);
            }
            // A call that has ended since the counts were read is not in them.
            #[cfg(feature = "exemplars")]
            if *in_bucket > 0 {
                self.exemplars.push_of_bucket(page, row, bucket, places);
            }
            #[cfg(not(feature = "exemplars"))]
            let _ = bucket;
            page.push('\n');
        }
        push_line(page, &lines.sum, labels, |page| push_steps(page, sum, places));
        push_line(page, &lines.count, labels, |page| page.push_str(shown));
    }
}
