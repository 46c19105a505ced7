//! A metric as constant data.

use super::label_spec::LabelSpec;
use super::slots::Slots;
use crate::vocabulary::Kind;

/// A metric: its name, kind, help text, labels and buckets, and a slot for each series.
///
/// Generated code writes it field by field. A constructor would be one more call for the compiler to check, in every
/// annotated function.
#[derive(Debug)]
pub struct Family {
    /// Its kind: counter, gauge or histogram.
    pub kind: Kind,
    /// Its name on the page.
    pub name: &'static str,
    /// Its help text.
    pub help: &'static str,
    /// Its labels. Neighbouring values of the last label have neighbouring slots.
    pub labels: &'static [LabelSpec],
    /// The upper bounds of its buckets in seconds, without `+Inf`. Empty if the site gives none.
    pub buckets: &'static [f64],
    /// The largest number of series that it may have, which the compiler checks.
    pub budget: u64,
    /// Its slots, one for each combination of label values.
    pub slots: &'static Slots,
}

/// The labels of a metric that has none. At each `&[]` the compiler would have to find out that it is a slice, which costs more than the
/// name of a constant.
pub const NO_LABELS: &[LabelSpec] = &[];

/// The buckets of a metric that gives none.
pub const NO_BUCKETS: &[f64] = &[];

#[cfg(feature = "exporter")]
impl Family {
    /// The number of its combinations of label values that exist before anything is recorded.
    pub(crate) fn series_at_start(&self) -> u64 {
        self.labels.iter().map(LabelSpec::values_at_start).fold(1, u64::saturating_mul)
    }
}
