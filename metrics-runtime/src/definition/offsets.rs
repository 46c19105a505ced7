//! The slot that the values of a call's labels lead to.

use super::label_spec::{LabelSpec, ValueSource};
use crate::vocabulary::Outcome;

/// How a site fills one label of a declared metric. `label` is always the label's index in the declaration.
#[derive(Clone, Copy, Debug)]
pub struct LabelUse {
    label: usize,
    source: ValueSource,
}

impl LabelUse {
    /// From a parameter or an expression, before the body runs.
    #[must_use]
    pub const fn at_start(label: usize) -> Self {
        Self { label, source: ValueSource::Start }
    }

    /// From the returned value.
    #[must_use]
    pub const fn from_result(label: usize) -> Self {
        Self { label, source: ValueSource::ReturnedValue }
    }

    /// From the outcome of the call.
    #[must_use]
    pub const fn outcome(label: usize) -> Self {
        Self { label, source: ValueSource::Outcome { skipped: 0 } }
    }

    /// From the outcome of a call that failed.
    #[must_use]
    pub const fn failed_outcome(label: usize) -> Self {
        Self { label, source: ValueSource::Outcome { skipped: 1 } }
    }

    /// The source of a label's value, or `None` if the site does not fill the label.
    pub(super) const fn find(uses: &[Self], label: usize) -> Option<ValueSource> {
        let mut index = 0;
        while index < uses.len() {
            if uses[index].label == label {
                return Some(uses[index].source);
            }
            index += 1;
        }
        None
    }
}

/// The offsets, among a metric's slots, of the labels whose values are not known when a call starts.
#[derive(Clone, Copy, Debug)]
pub struct Offsets {
    /// The offsets of the labels that are read from the returned value, if nothing was read from it: for a cancelled call, for
    /// a call that panicked, and for any other call.
    without_result: [u32; 3],
    /// The stride of the label that shows the outcome; zero if there is no such label.
    outcome_stride: u32,
    /// The number of outcomes, from the first, that this label has no values for.
    outcomes_skipped: u32,
    /// Whether this label has no value for `cancelled`.
    skips_cancelled: bool,
}

impl Offsets {
    /// The offsets of a metric without labels.
    pub const NONE: Self =
        Self { without_result: [0; 3], outcome_stride: 0, outcomes_skipped: 0, skips_cancelled: false };

    /// The offsets of a metric whose label specs give the sources of the values.
    #[must_use]
    pub const fn new(labels: &[LabelSpec]) -> Self {
        Self::compute(labels, None)
    }

    /// The offsets for labels whose sources are those of `uses`, if given, or those of the specs.
    pub(super) const fn compute(labels: &[LabelSpec], uses: Option<&[LabelUse]>) -> Self {
        let mut offsets = Self::NONE;
        let mut index = 0;
        while index < labels.len() {
            let label = &labels[index];
            let source = match uses {
                None => label.source,
                Some(uses) => match LabelUse::find(uses, index) {
                    Some(source) => source,
                    None => ValueSource::Start,
                },
            };
            let [cancelled, panic, other] = match (source, label.fallback) {
                // The last of the values besides the type's is `error`, before it is `panic`. Where there are three, the first
                // is `cancelled`; where there is none for it, such calls are not counted.
                (ValueSource::ReturnedError { .. }, Some(fallback)) => {
                    [label.type_cardinality(), label.cardinality() - 2, fallback]
                }
                (ValueSource::ReturnedValue, Some(fallback)) => [fallback; 3],
                _ => [0; 3],
            };
            offsets.without_result[0] += label.stride * cancelled;
            offsets.without_result[1] += label.stride * panic;
            offsets.without_result[2] += label.stride * other;
            match source {
                ValueSource::Outcome { skipped } => {
                    offsets.outcome_stride = label.stride;
                    offsets.outcomes_skipped = skipped;
                }
                ValueSource::FailureExceptCancelled => {
                    offsets.outcome_stride = label.stride;
                    offsets.outcomes_skipped = 1;
                    offsets.skips_cancelled = true;
                }
                _ => {}
            }
            index += 1;
        }
        offsets
    }

    /// The offset of the labels that are read from the returned value, if nothing was read from it.
    pub(crate) fn without_result(self, outcome: Outcome) -> u32 {
        match outcome {
            Outcome::Cancelled => self.without_result[0],
            Outcome::Panic => self.without_result[1],
            _ => self.without_result[2],
        }
    }

    /// The offset of the label that shows the outcome.
    pub(crate) fn of_outcome(self, outcome: Outcome) -> u32 {
        let skipped =
            self.outcomes_skipped + u32::from(self.skips_cancelled && outcome as u32 > Outcome::Cancelled as u32);
        (outcome as u32).saturating_sub(skipped) * self.outcome_stride
    }
}
