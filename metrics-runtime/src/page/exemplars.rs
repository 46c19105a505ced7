//! Exemplars behind values, which only OpenMetrics has.

use std::fmt::Write as _;

use crate::format::{push_count, push_nanoseconds_as_seconds};
use crate::storage::{CounterCell, Exemplar, HistogramCell, Row};

const NANOSECONDS_PER_MILLISECOND: u64 = 1_000_000;

/// Appends the exemplar of a counter, if it has one: ` # {trace_id="…",span_id="…"} 1 1700000000.123`.
pub(super) fn push_exemplar_of_count(page: &mut String, row: Row) {
    if let Some(exemplar) = row.exemplar(CounterCell::WORD) {
        push(page, &exemplar, |page| push_count(page, exemplar.value));
    }
}

/// Appends the exemplar of a bucket, if it has one.
pub(super) fn push_exemplar_of_bucket(page: &mut String, row: Row, bucket: usize) {
    if let Some(exemplar) = row.exemplar(HistogramCell::bucket_word(bucket)) {
        push(page, &exemplar, |page| push_nanoseconds_as_seconds(page, exemplar.value.into()));
    }
}

fn push(page: &mut String, exemplar: &Exemplar, push_value: impl FnOnce(&mut String)) {
    let [high, low, span] = exemplar.ids;
    // Writing to a string cannot fail.
    let _ = write!(page, " # {{trace_id=\"{high:016x}{low:016x}\",span_id=\"{span:016x}\"}} ");
    push_value(page);
    page.push(' ');
    let milliseconds = exemplar.time - exemplar.time % NANOSECONDS_PER_MILLISECOND;
    push_nanoseconds_as_seconds(page, milliseconds.into());
}
