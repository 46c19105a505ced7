//! Counters of fractions on their way to a recorder of the `metrics` facade, whose counters take whole numbers: it gets the whole
//! units, and what is left is kept until it makes one.

use std::cell::Cell;
use std::collections::HashMap;
use std::ptr::from_ref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::facade::global_recorder_address;
use super::sample::Sample;
use crate::definition::Family;

/// What a counter of fractions goes up by, in steps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fraction {
    pub(crate) steps: u64,
    /// Of the steps, a power of ten makes one of the unit.
    pub(crate) decimal_places: u32,
}

thread_local! {
    /// The fraction of which a recorder gets the whole units just now.
    static IN_HAND: Cell<Option<Fraction>> = const { Cell::new(None) };
}

/// The fraction of which this thread's recorder gets the whole units just now. A recorder of this crate takes it instead.
pub(crate) fn fraction_in_hand() -> Option<Fraction> {
    IN_HAND.get()
}

impl Sample {
    /// What a counter of fractions goes up by; `None` for any other sample.
    pub(super) const fn fraction(self) -> Option<Fraction> {
        match self {
            Self::IncrementNanoseconds(steps) => Some(Fraction { steps, decimal_places: 9 }),
            Self::IncrementMillionths(steps) => Some(Fraction { steps, decimal_places: 6 }),
            _ => None,
        }
    }
}

impl Fraction {
    /// The whole units of the steps and of what was left before, and what is left now.
    const fn split(self, before: u64) -> (u64, u64) {
        let one = 10_u64.pow(self.decimal_places);
        // Both are below 2^63.
        let steps = self.steps + before;
        (steps / one, steps % one)
    }

    /// Gives the whole units to a counter of the facade. It is called without any too: the series is in use.
    pub(super) fn hand_over(self, counter: &metrics::Counter, units: u64) {
        struct Clear;

        impl Drop for Clear {
            fn drop(&mut self) {
                IN_HAND.set(None);
            }
        }

        let _clear = Clear;
        IN_HAND.set(Some(self));
        counter.increment(units);
    }

    /// The whole units for the only user of this rest.
    pub(super) fn units_with(self, rest: &AtomicU64) -> u64 {
        let split = |before| Some(self.split(before).1);
        match rest.fetch_update(Ordering::Relaxed, Ordering::Relaxed, split) {
            Ok(before) | Err(before) => self.split(before).0,
        }
    }
}

/// The address of a recorder, a metric and a slot.
type RestKey = (usize, usize, u32);

/// What is left of the series of each recorder that is asked for each value. It is less than one unit.
static RESTS: Mutex<Option<HashMap<RestKey, u64>>> = Mutex::new(None);

/// So many rests are kept. Tests may use many recorders, one after the other.
const MAX_RESTS: usize = 4096;

fn rests() -> MutexGuard<'static, Option<HashMap<RestKey, u64>>> {
    RESTS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn key_of(recorder: usize, family: &'static Family, slot: u32) -> RestKey {
    (recorder, from_ref(family).addr(), slot)
}

impl Fraction {
    /// The whole units for the series of the recorder at this address.
    ///
    /// Another recorder that is later at this address begins with what is left of this one, so it may count one unit too many.
    pub(super) fn units_at(self, recorder: usize, family: &'static Family, slot: u32) -> u64 {
        let mut rests = rests();
        let rests = rests.get_or_insert_default();
        let key = key_of(recorder, family, slot);
        let (units, rest) = self.split(rests.remove(&key).unwrap_or_default());
        if rests.len() >= MAX_RESTS {
            let global = global_recorder_address();
            rests.retain(|(recorder, ..), _| Some(*recorder) == global);
        }
        if rest > 0 {
            rests.insert(key, rest);
        }
        units
    }
}

/// Takes what is left of a series of the program's recorder, which is attached now.
pub(super) fn take_rest(family: &'static Family, slot: u32) -> u64 {
    let Some(recorder) = global_recorder_address() else { return 0 };
    rests().as_mut().and_then(|rests| rests.remove(&key_of(recorder, family, slot))).unwrap_or_default()
}
