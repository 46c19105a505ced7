//! How often gauges could not be looked up for a page.

use super::readings::readings;
use crate::definition::{
    Budget, Family, LabelSpec, Place, Reading, ReadingFailure, Slot, Slots, Source, labels, reading_failures,
};
use crate::vocabulary::{Kind, Label};

static LABELS: &[LabelSpec] = &labels(
    Budget::new("metrics_reading_failures_total", Kind::Counter, &[], ReadingFailure::CARDINALITY as u64),
    [LabelSpec::new("reason", ReadingFailure::DATA)],
);

pub(super) static READING_FAILURES: &[Reading] = readings! {
    series: ReadingFailure::CARDINALITY, labels: LABELS;
    Counter "metrics_reading_failures_total", None, Source::Indexed(reading_failures),
        "Gauges that could not be read for a page and were NaN there: the log names each once.";
};
