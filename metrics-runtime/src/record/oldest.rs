//! Leaves the start of a call where a page finds it, for the age of the oldest call in flight.

use super::call::Call;
#[cfg(feature = "exporter")]
use super::clock;
#[cfg(feature = "exporter")]
use super::sample::Sample;
use crate::definition::{Function, Oldest};
#[cfg(feature = "exporter")]
use crate::storage::Claim;

/// The place of a call in the table of starts, if it has one. Dropping it frees the place, however the call has ended.
#[derive(Debug)]
pub struct OldestCall {
    #[cfg(feature = "exporter")]
    claim: Option<Claim<'static>>,
}

impl OldestCall {
    /// No place.
    pub const NONE: Self = Self {
        #[cfg(feature = "exporter")]
        claim: None,
    };

    /// Takes a place for a call that has started and is recorded in our own recorder: only its page shows the age. `site` is
    /// the number of the attribute.
    #[inline]
    pub fn start<F, const N: usize>(&mut self, call: &Call<F, N>, site: usize, oldest: &'static Oldest)
    where
        F: Fn() -> &'static Function<N> + Copy,
    {
        #[cfg(feature = "exporter")]
        if let Some(slot) = call.slot_in_flight(site) {
            self.claim = claim(slot, oldest);
        }
        #[cfg(not(feature = "exporter"))]
        let _ = (call, site, oldest);
    }
}

#[cfg(feature = "exporter")]
fn claim(slot: u32, oldest: &'static Oldest) -> Option<Claim<'static>> {
    // The first call with a new value of a capped label.
    if oldest.family.slots.row(slot).is_none() {
        oldest.family.fill_slot(slot);
    }
    let nanoseconds = clock::nanoseconds();
    // Neighbouring times lead to places far apart.
    #[allow(clippy::cast_possible_truncation, reason = "any bits will do")]
    let first = (nanoseconds.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize;
    let claim = oldest.starts.table.claim(slot, nanoseconds / NANOSECONDS_PER_MILLISECOND, first);
    if claim.is_none() {
        oldest.overflow.record_value(0, Sample::Increment(1));
    }
    claim
}

#[cfg(feature = "exporter")]
const NANOSECONDS_PER_MILLISECOND: u64 = 1_000_000;

#[cfg(feature = "exporter")]
impl Oldest {
    /// Calls `each` with the slot and the age in seconds of each call that has not ended.
    pub(crate) fn for_each_age(&self, mut each: impl FnMut(u32, f64)) {
        let now = clock::nanoseconds() / NANOSECONDS_PER_MILLISECOND;
        self.starts.table.for_each(|slot, started| {
            // A call may have begun meanwhile.
            let milliseconds = now.saturating_sub(started);
            #[allow(clippy::cast_precision_loss, reason = "it is exact for 285,000 years")]
            each(slot, milliseconds as f64 / 1000.0);
        });
    }
}
