//! Exemplars behind values. OpenMetrics has them, and the text format for the roads that bring them on.

#[cfg(feature = "exemplars")]
use std::fmt::Write as _;

use crate::format::Format;
#[cfg(feature = "exemplars")]
use crate::format::{push_count, push_steps};
#[cfg(feature = "exemplars")]
use crate::storage::{CounterCell, Exemplar, HistogramCell, Row, SumCell};

#[cfg(feature = "exemplars")]
const NANOSECONDS_PER_MILLISECOND: u64 = 1_000_000;
/// The decimal places of a time in seconds that is given in nanoseconds.
#[cfg(feature = "exemplars")]
const NANOSECOND_PLACES: u32 = 9;

/// Which exemplars a page has.
#[derive(Clone, Copy)]
pub(super) enum Exemplars {
    None,
    /// With times in milliseconds: Prometheus keeps no more.
    ToMillisecond,
    /// With whole times, also in the text format, which no program but this one can then read.
    #[cfg(feature = "otlp")]
    ToNanosecond,
}

impl Exemplars {
    /// Those that all readers of a format understand.
    pub(super) fn of(format: Format) -> Self {
        match format {
            Format::Text => Self::None,
            Format::OpenMetrics => Self::ToMillisecond,
        }
    }
}

#[cfg(feature = "exemplars")]
impl Exemplars {
    /// Appends the exemplar of a counter, if it has one: ` # {trace_id="…",span_id="…"} 1 1700000000.123`.
    pub(super) fn push_of_count(self, page: &mut String, row: Row) {
        self.push(page, || row.exemplar(CounterCell::WORD), push_count);
    }

    /// Appends the exemplar of a counter of fractions, if it has one. Its value is in steps with so many decimal places.
    pub(super) fn push_of_sum(self, page: &mut String, row: Row, decimal_places: u32) {
        self.push(page, || row.exemplar(SumCell::WORD), |page, value| push_steps(page, value.into(), decimal_places));
    }

    /// Appends the exemplar of a bucket, if it has one. Its value is in steps with so many decimal places.
    pub(super) fn push_of_bucket(self, page: &mut String, row: Row, bucket: usize, decimal_places: u32) {
        let exemplar = || row.exemplar(HistogramCell::bucket_word(bucket));
        self.push(page, exemplar, |page, value| push_steps(page, value.into(), decimal_places));
    }

    fn push(
        self,
        page: &mut String,
        exemplar: impl FnOnce() -> Option<Exemplar>,
        push_value: impl FnOnce(&mut String, u64),
    ) {
        let unit_of_time = match self {
            Self::None => return,
            Self::ToMillisecond => NANOSECONDS_PER_MILLISECOND,
            #[cfg(feature = "otlp")]
            Self::ToNanosecond => 1,
        };
        let Some(Exemplar { ids: [high, low, span], value, time }) = exemplar() else { return };
        // Writing to a string cannot fail.
        let _ = write!(page, " # {{trace_id=\"{high:016x}{low:016x}\",span_id=\"{span:016x}\"}} ");
        push_value(page, value);
        page.push(' ');
        push_steps(page, (time - time % unit_of_time).into(), NANOSECOND_PLACES);
    }
}
