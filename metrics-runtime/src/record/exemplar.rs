//! Keeps calls as the exemplars of the series that count them.

use std::time::SystemTime;

use super::call_end::CallValue;
use super::call_span::CallSpan;
use super::clock;
use super::mode::Mode;
use super::sample::Sample;
use super::sampled_span::SampledSpan;
use super::trace_context_source::current_span;
use crate::definition::{Event, Family, Site};
use crate::storage::{CounterCell, Exemplar, HistogramCell, Row, SumCell};
use crate::util::since_1970;
use crate::vocabulary::Outcome;

/// An exemplar stays for this many nanoseconds at least: a scrape takes one, and a person looks at one.
const KEPT_FOR: u64 = 1_000_000_000;

impl Site {
    /// Keeps a call that has ended `ok` as an exemplar, if this site has counted it. `now` is the time of the end.
    #[inline(always)]
    pub(super) fn keep_exemplar_of_ok(
        &self,
        base: u32,
        result: u32,
        nanoseconds: u64,
        value: CallValue,
        now: u64,
        span: CallSpan,
    ) {
        let family = self.family;
        match self.event {
            Event::Duration if family.slots.buckets.is_in_first(nanoseconds) => {
                family.keep_exemplar_in(base + result, HistogramCell::bucket_word(0), nanoseconds, now, span);
            }
            Event::Duration => family.keep_exemplar_later(base + result, nanoseconds, now, span),
            Event::Ok | Event::End => family.keep_exemplar_in(base + result, CounterCell::WORD, 1, now, span),
            Event::Start => family.keep_exemplar_in(base, CounterCell::WORD, 1, now, span),
            Event::EndValue => family.keep_exemplar_of_value(base + result, value, span),
            // What a call observed when it started is not kept until its end.
            Event::StartValue
            | Event::Item
            | Event::Failure
            | Event::FailureExceptCancelled
            | Event::InFlight
            | Event::Declared
            | Event::LastOk => {}
        }
    }

    /// Keeps a call that has ended with any outcome as an exemplar, if this site counts it. The first arguments are those of
    /// [`end`](Self::end).
    pub(super) fn keep_exemplar_of_end(
        &self,
        base: u32,
        result: Option<u32>,
        outcome: Outcome,
        nanoseconds: u64,
        value: CallValue,
        ids: [u64; 3],
    ) {
        let sample = match self.event {
            Event::Start => return self.family.keep_exemplar(base, Sample::Increment(1), ids),
            Event::Duration => Sample::Nanoseconds(nanoseconds),
            Event::EndValue => match value.0 {
                Some(sample) => sample,
                None => return,
            },
            _ if self.counts(outcome) => Sample::Increment(1),
            _ => return,
        };
        self.family.keep_exemplar(self.slot_of_end(base, result, outcome), sample, ids);
    }
}

impl Family {
    /// Records a value that no call records, where the thread may be in a trace.
    #[inline(never)]
    pub(super) fn record_in_trace(&'static self, mode: Mode, slot: u32, sample: Sample) {
        let (mode, ids) = match mode {
            Mode::INSTALLED_WITH_TRACES => (Mode::INSTALLED, current_span().map(SampledSpan::words)),
            _ if mode.is_installed() => (mode, CallSpan::at_hand().ids()),
            _ => (mode, None),
        };
        self.record(mode, slot, sample);
        if let Some(ids) = ids {
            self.keep_exemplar(slot, sample, ids);
        }
    }

    /// Keeps what has recorded `sample` as the exemplar of the series, unless that has a fresh one. The series must have a row of
    /// our own recorder: nobody can ask another one for exemplars.
    pub(super) fn keep_exemplar(&self, slot: u32, sample: Sample, ids: [u64; 3]) {
        let Some(row) = self.slots.row(slot) else { return };
        let (word, value) = match sample {
            Sample::Increment(by) => (CounterCell::WORD, by),
            Sample::IncrementNanoseconds(steps) | Sample::IncrementMillionths(steps) => (SumCell::WORD, steps),
            Sample::Nanoseconds(nanoseconds) => (self.bucket_word(nanoseconds), nanoseconds),
            Sample::Observation(value) if value.value().is_finite() => {
                // They were published before the row.
                let Some(buckets) = self.slots.buckets.get() else { return };
                let steps = buckets.scale().steps_of(value.value());
                (self.bucket_word(steps), steps)
            }
            // OpenMetrics has no exemplars of gauges.
            _ => return,
        };
        let now = clock::now();
        if now >= row.exemplar_slot(word).due_at() {
            write(row, word, value, now, ids);
        }
    }

    /// As [`keep_exemplar`](Self::keep_exemplar), as short as it can be.
    #[inline(always)]
    fn keep_exemplar_in(&self, slot: u32, word: usize, value: u64, now: u64, span: CallSpan) {
        if let Some(row) = self.slots.row(slot)
            && now >= row.exemplar_slot(word).due_at()
        {
            write_in(row, word, value, now, span);
        }
    }

    /// As [`keep_exemplar_in`](Self::keep_exemplar_in), for a duration that falls into a bucket after the first.
    #[inline(never)]
    pub(super) fn keep_exemplar_later(&self, slot: u32, nanoseconds: u64, now: u64, span: CallSpan) {
        self.keep_exemplar_in(slot, self.bucket_word(nanoseconds), nanoseconds, now, span);
    }

    /// Keeps a call as the exemplar of what it observed.
    #[cold]
    #[inline(never)]
    fn keep_exemplar_of_value(&self, slot: u32, value: CallValue, span: CallSpan) {
        if let (Some(sample), Some(ids)) = (value.0, span.ids()) {
            self.keep_exemplar(slot, sample, ids);
        }
    }

    fn bucket_word(&self, steps: u64) -> usize {
        HistogramCell::bucket_word(self.slots.buckets.get().map_or(0, |buckets| buckets.bucket_of(steps)))
    }
}

#[cold]
#[inline(never)]
fn write_in(row: Row, word: usize, value: u64, now: u64, span: CallSpan) {
    if let Some(ids) = span.ids() {
        write(row, word, value, now, ids);
    }
}

fn write(row: Row, word: usize, value: u64, now: u64, ids: [u64; 3]) {
    let time = u64::try_from(since_1970(SystemTime::now()).as_nanos()).unwrap_or(u64::MAX);
    row.exemplar_slot(word).write(now, clock::later(now, KEPT_FOR), Exemplar { ids, value, time });
}
