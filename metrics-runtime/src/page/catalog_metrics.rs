//! Writes the catalog's part of the page.

use std::cell::LazyCell;

use crate::definition::PROCESS_LABEL;
use crate::format::{Format, push_count, push_label, push_nanoseconds_as_seconds, push_number};
use crate::processes::Others;
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
    /// The start of the lines of a histogram's buckets: `wait_seconds_bucket{`.
    bucket: String,
    /// The label `le` of each bucket of a histogram, up to the value: `le="0.1"} `.
    bounds: Vec<String>,
}

/// Writes the metrics of the store, sorted by name, each with its series in the order of the label sets. Now and then it
/// calls `flush` with the text so far.
pub(crate) fn write(
    page: &mut String,
    store: &Store,
    others: Option<&Others>,
    format: Format,
    scratch: &mut Scratch,
    flush: &mut dyn FnMut(&mut String),
) {
    let Scratch { shards, counts, labels, bucket, bounds } = scratch;
    labels.clear();
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
        let write = |page: &mut String, labels: &str, row, is_other| {
            if let Some(values) = &read {
                if let Some(value) = values.value(row) {
                    push_line(page, name, "", labels, |page| push_number(page, value));
                }
                return;
            }
            let first = row.first() as usize;
            match metric.cell(row) {
                Cell::Counter(cell) => {
                    let count = cell.value().wrapping_add(others.count(first));
                    push_line(page, name, "", labels, |page| push_count(page, count));
                }
                Cell::Gauge(cell) => {
                    let value = others.gauge(metric.join, first, cell);
                    // One number for several values of a capped label, each of which was set, would be wrong.
                    if !(is_other && value.is_nan()) {
                        push_line(page, name, "", labels, |page| push_number(page, value));
                    }
                }
                Cell::Histogram(cell) => {
                    let own = cell.read(shards, counts);
                    let sum = own.saturating_add(others.read_histogram(first, counts));
                    let mut count = 0;
                    for (bound, in_bucket) in bounds.iter().zip(counts.iter()) {
                        // It wraps around only where a damaged file of another process has such counts.
                        count = u64::wrapping_add(count, *in_bucket);
                        page.push_str(bucket);
                        page.push_str(labels);
                        if !labels.is_empty() {
                            page.push(',');
                        }
                        page.push_str(bound);
                        push_count(page, count);
                        page.push('\n');
                    }
                    push_line(page, name, "_sum", labels, |page| push_nanoseconds_as_seconds(page, sum));
                    push_line(page, name, "_count", labels, |page| push_count(page, count));
                }
            }
        };
        metric.table.for_each(page, labels, write, flush);
    }
}

/// `wait_seconds_sum{step="upscale"} 1.5`
fn push_line(page: &mut String, name: &str, suffix: &str, labels: &str, push_value: impl FnOnce(&mut String)) {
    page.push_str(name);
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
