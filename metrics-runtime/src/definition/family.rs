//! A metric as constant data.

use super::label_spec::LabelSpec;
use super::slots::Slots;
use crate::vocabulary::Kind;

/// A metric: a name with a kind, a help text, labels, buckets, and a slot for each series.
///
/// Generated code writes it down field by field: a call would be another item for the compiler to check, in every
/// annotated function.
#[derive(Debug)]
pub struct Family {
    /// What it measures.
    pub kind: Kind,
    /// Its name, as on the page.
    pub name: &'static str,
    /// Its help text.
    pub help: &'static str,
    /// Its labels, the last one's values neighbours among the slots.
    pub labels: &'static [LabelSpec],
    /// The upper bounds of its buckets in seconds, without `+Inf`; empty where the site names none.
    pub buckets: &'static [f64],
    /// The largest number of series that it may have.
    pub budget: u64,
    /// One for each combination of label values.
    pub slots: &'static Slots,
}

#[cfg(feature = "exporter")]
impl Family {
    /// How many series exist before anything is recorded.
    pub(crate) fn series_at_start(&self) -> u64 {
        self.labels.iter().map(LabelSpec::values_at_start).fold(1, u64::saturating_mul)
    }
}
