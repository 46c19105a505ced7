//! Records the start and the end of a call at one site.

use std::time::SystemTime;

use super::call_end::CallValue;
use super::mode::Mode;
use super::own::OwnShard;
use super::sample::{Bits, Sample};
use crate::definition::{Event, Site};
use crate::util::since_1970;
use crate::vocabulary::Outcome;

impl Site {
    /// Records the start of a call. `value` is what the site observes then.
    #[inline(always)]
    pub(super) fn start(&self, own: OwnShard, mode: Mode, base: u32, value: CallValue) {
        match self.event {
            Event::Start => self.family.record_in(own, mode, base, Sample::Increment(1)),
            Event::InFlight => self.family.record_in(own, mode, base, Sample::Up),
            Event::StartValue => {
                if let Some(sample) = value.0 {
                    self.family.record_in(own, mode, base, sample);
                }
            }
            _ => {}
        }
    }

    /// Records an item of a stream.
    #[cfg(feature = "stream")]
    #[inline(always)]
    pub(super) fn item(&self, own: OwnShard, mode: Mode, base: u32) {
        if self.event == Event::Item {
            self.family.record_in(own, mode, base, Sample::Increment(1));
        }
    }

    /// Records the end of a call that ended `ok`, in the mode [`Mode::INSTALLED`].
    #[inline(always)]
    pub(super) fn end_ok(&self, own: OwnShard, slot: u32, nanoseconds: u64, value: CallValue) {
        let sample = match self.event {
            Event::Duration => Sample::Nanoseconds(nanoseconds),
            Event::Ok | Event::End => Sample::Increment(1),
            Event::InFlight => Sample::Down,
            Event::LastOk => unix_time(),
            Event::EndValue => match value.0 {
                Some(sample) => sample,
                None => return,
            },
            Event::Start
            | Event::StartValue
            | Event::Item
            | Event::Failure
            | Event::FailureExceptCancelled
            | Event::Declared => {
                return;
            }
        };
        self.family.record_in(own, Mode::INSTALLED, slot, sample);
    }

    /// Records the end of a call with any outcome, in any mode. `result` is the offset of the labels that are read from the
    /// returned value, if there is one, and `value` what the site observes of it.
    #[inline]
    pub(super) fn end(
        &self,
        mode: Mode,
        base: u32,
        result: Option<u32>,
        outcome: Outcome,
        nanoseconds: u64,
        value: CallValue,
    ) {
        let sample = match self.event {
            Event::InFlight => return self.family.record(mode, base, Sample::Down),
            Event::Duration => Sample::Nanoseconds(nanoseconds),
            Event::LastOk if !outcome.is_failure() => unix_time(),
            Event::EndValue => match value.0 {
                Some(sample) => sample,
                None => return,
            },
            _ if self.counts(outcome) => Sample::Increment(1),
            _ => return,
        };
        self.family.record(mode, self.slot_of_end(base, result, outcome), sample);
    }

    /// Whether the site counts a call that ends with this outcome, when it ends.
    #[inline]
    pub(super) fn counts(&self, outcome: Outcome) -> bool {
        match self.event {
            Event::End => true,
            Event::Ok => !outcome.is_failure(),
            Event::Failure => outcome.is_failure(),
            Event::FailureExceptCancelled => outcome.is_failure() && outcome != Outcome::Cancelled,
            Event::Duration
            | Event::Start
            | Event::InFlight
            | Event::Declared
            | Event::LastOk
            | Event::StartValue
            | Event::EndValue
            | Event::Item => false,
        }
    }

    /// The slot of the series of a call that ends.
    #[inline]
    pub(super) fn slot_of_end(&self, base: u32, result: Option<u32>, outcome: Outcome) -> u32 {
        let result = result.unwrap_or_else(|| self.offsets.without_result(outcome));
        base + result + self.offsets.of_outcome(outcome)
    }
}

/// The present time, for a gauge. It is not inline: only attributes with `last` ask for it.
#[inline(never)]
fn unix_time() -> Sample {
    Sample::Set(Bits::new(since_1970(SystemTime::now()).as_secs_f64()))
}
