//! The starts of calls that have not ended: a table of fixed size, in which each call has a place of its own.
//!
//! A model checker explores the paths through this file: see `tests/model`.

use super::sync::{AtomicU64, Ordering, PLACES};

/// The bits of a place that hold the slot of the call's series; the others hold its start.
const SLOT_BITS: u32 = 24;
/// The first slot that a place cannot hold. A metric would need hundreds of megabytes of slots to have it.
const SLOTS: u64 = 1 << SLOT_BITS;
/// The last start that a place can hold, after 34 years.
const LAST_START: u64 = (1 << (u64::BITS - SLOT_BITS)) - 2;

/// Where calls leave their starts.
///
/// A place is one word, so that a reader never sees the start of one call with the slot of another. It is zero while it is
/// free.
#[derive(Debug)]
pub(crate) struct Starts {
    places: [AtomicU64; PLACES],
}

impl Starts {
    /// A table with these places, which are zero.
    pub(crate) const fn new(places: [AtomicU64; PLACES]) -> Self {
        Self { places }
    }

    /// Takes a free place for a call; `None` if there is none. It looks at the place number `first` first: calls that begin at
    /// the same time should begin at different ones.
    pub(crate) fn claim(&self, slot: u32, milliseconds: u64, first: usize) -> Option<Claim<'_>> {
        if u64::from(slot) >= SLOTS {
            return None;
        }
        let word = (milliseconds.min(LAST_START) + 1) << SLOT_BITS | u64::from(slot);
        (0..PLACES).find_map(|at| {
            let place = &self.places[first.wrapping_add(at) % PLACES];
            // `Release` pairs with `for_each`: a reader that sees the call also sees its series.
            let is_free = place.load(Ordering::Relaxed) == 0
                && place.compare_exchange(0, word, Ordering::Release, Ordering::Relaxed).is_ok();
            // Not `then_some`: a claim that is made and dropped frees the place of another call.
            is_free.then(|| Claim { place })
        })
    }

    /// Calls `each` with the slot and the start of each call.
    pub(crate) fn for_each(&self, mut each: impl FnMut(u32, u64)) {
        for place in &self.places {
            let word = place.load(Ordering::Acquire);
            if let Some(milliseconds) = (word >> SLOT_BITS).checked_sub(1) {
                #[allow(clippy::cast_possible_truncation, reason = "these bits are fewer than 32")]
                each((word % SLOTS) as u32, milliseconds);
            }
        }
    }
}

/// The place of one call, which is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Claim<'table> {
    place: &'table AtomicU64,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.place.store(0, Ordering::Relaxed);
    }
}
