//! Which slot a call's labels lead to.

use super::label_spec::{Known, LabelSpec};
use crate::vocabulary::Outcome;

/// When a site knows the value of a declared metric's label.
#[derive(Clone, Copy, Debug)]
pub struct LabelUse {
    at: usize,
    known: Known,
}

impl LabelUse {
    /// Before the body runs.
    #[must_use]
    pub const fn at_start(at: usize) -> Self {
        Self { at, known: Known::AtStart }
    }

    /// From the returned value.
    #[must_use]
    pub const fn from_result(at: usize) -> Self {
        Self { at, known: Known::FromResult }
    }

    /// From how the call ended.
    #[must_use]
    pub const fn outcome(at: usize) -> Self {
        Self { at, known: Known::FromOutcome { skipped: 0 } }
    }

    /// From how the call failed.
    #[must_use]
    pub const fn failed_outcome(at: usize) -> Self {
        Self { at, known: Known::FromOutcome { skipped: 1 } }
    }

    pub(super) const fn find(uses: &[Self], label: usize) -> Option<Known> {
        let mut at = 0;
        while at < uses.len() {
            if uses[at].at == label {
                return Some(uses[at].known);
            }
            at += 1;
        }
        None
    }
}

/// Where among a metric's slots the labels lead that are not known when a call starts.
#[derive(Clone, Copy, Debug)]
pub struct Offsets {
    /// Of the labels that are read from the returned value, for a call that was cancelled, one that panicked, and one whose
    /// value could not be looked at.
    without_result: [u32; 3],
    /// Of the label that shows how the call ended; zero where there is no such label.
    outcome_stride: u32,
    /// How many outcomes that label leaves out.
    outcomes_skipped: u32,
}

impl Offsets {
    /// Of a metric without labels.
    pub const NONE: Self = Self { without_result: [0; 3], outcome_stride: 0, outcomes_skipped: 0 };

    /// Of a metric whose labels say themselves when they are known.
    #[must_use]
    pub const fn new(labels: &[LabelSpec]) -> Self {
        Self::with(labels, None)
    }

    pub(super) const fn with(labels: &[LabelSpec], uses: Option<&[LabelUse]>) -> Self {
        let mut offsets = Self::NONE;
        let mut at = 0;
        while at < labels.len() {
            let label = &labels[at];
            let known = match uses {
                None => label.known,
                Some(uses) => match LabelUse::find(uses, at) {
                    Some(known) => known,
                    None => Known::AtStart,
                },
            };
            let [cancelled, panic, unseen] = match (known, label.none) {
                (Known::FromError, Some(none)) => [label.own_values(), label.own_values() + 1, none],
                (Known::FromResult, Some(none)) => [none; 3],
                _ => [0; 3],
            };
            offsets.without_result[0] += label.stride * cancelled;
            offsets.without_result[1] += label.stride * panic;
            offsets.without_result[2] += label.stride * unseen;
            if let Known::FromOutcome { skipped } = known {
                offsets.outcome_stride = label.stride;
                offsets.outcomes_skipped = skipped;
            }
            at += 1;
        }
        offsets
    }

    pub(crate) fn without_result(self, outcome: Outcome) -> u32 {
        match outcome {
            Outcome::Cancelled => self.without_result[0],
            Outcome::Panic => self.without_result[1],
            _ => self.without_result[2],
        }
    }

    pub(crate) fn of(self, outcome: Outcome) -> u32 {
        (outcome as u32).saturating_sub(self.outcomes_skipped) * self.outcome_stride
    }
}
