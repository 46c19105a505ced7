//! The table in which calls in flight leave their starts.

use std::collections::BTreeSet;

use loom::sync::Arc;
use loom::sync::atomic::{AtomicU64, Ordering};

use crate::explore::{every_order, join, orders_with_few_switches, read_beside, spawn};
use crate::starts::Starts;
use crate::sync::PLACES;

fn table() -> Arc<Starts> {
    Arc::new(Starts::new(std::array::from_fn(|_| AtomicU64::new(0))))
}

/// The slot and the start of each call.
fn calls(starts: &Starts) -> Vec<(u32, u64)> {
    let mut calls = Vec::new();
    starts.for_each(|slot, start| calls.push((slot, start)));
    calls
}

/// The start of the call with this slot.
fn start_of(slot: u32) -> u64 {
    100 + u64::from(slot)
}

#[test]
fn two_calls_never_share_a_place() {
    every_order(|| {
        let starts = table();
        // Both look at the same place first.
        let claims = [0, 1].map(|slot| {
            let starts = Arc::clone(&starts);
            spawn(move || std::mem::forget(starts.claim(slot, start_of(slot), 0).expect("there are two places")))
        });
        join(claims);
        let calls: BTreeSet<_> = calls(&starts).into_iter().collect();
        assert_eq!(calls, BTreeSet::from([(0, start_of(0)), (1, start_of(1))]));
        assert!(starts.claim(2, start_of(2), 1).is_none(), "all {PLACES} places are taken");
    });
}

#[test]
fn a_call_without_a_place_frees_none() {
    every_order(|| {
        let starts = table();
        let held = [0, 1].map(|slot| starts.claim(slot, start_of(slot), 0).expect("there are two places"));
        let late = {
            let starts = Arc::clone(&starts);
            spawn(move || starts.claim(2, start_of(2), 0).is_none())
        };
        assert_eq!(calls(&starts).len(), 2);
        assert!(late.join().expect("it does not panic"));
        drop(held);
        assert_eq!(calls(&starts), []);
    });
}

#[test]
fn a_place_is_free_for_the_next_call_and_shows_no_age() {
    orders_with_few_switches(3, || {
        let starts = table();
        // More calls than places, one after the other in each thread.
        let threads = [0, 1].map(|thread| {
            let starts = Arc::clone(&starts);
            spawn(move || {
                for slot in [thread, thread + 2] {
                    // A place that becomes free while a call looks at the next one can escape the call.
                    drop(starts.claim(slot, start_of(slot), 0));
                }
            })
        });
        join(threads);
        assert_eq!(calls(&starts), []);
        assert!(starts.claim(7, start_of(7), 0).is_some());
    });
}

#[test]
fn a_reader_sees_the_start_of_a_call_with_its_own_slot_and_nothing_after_its_end() {
    orders_with_few_switches(2, || {
        let starts = table();
        let ended = Arc::new(AtomicU64::new(0));
        let threads = [0, 1].map(|thread| {
            let (starts, ended) = (Arc::clone(&starts), Arc::clone(&ended));
            spawn(move || {
                drop(starts.claim(thread, start_of(thread), 0));
                ended.fetch_add(1 << (8 * thread), Ordering::Release);
            })
        });
        let (reader, ended) = (Arc::clone(&starts), Arc::clone(&ended));
        let (before, seen) = read_beside(threads, move || (ended.load(Ordering::Acquire), calls(&reader)));
        for (slot, start) in seen {
            assert_eq!(start, start_of(slot), "one word holds both");
            assert_eq!(before >> (8 * slot) & 1, 0, "the reader knew that this call had ended");
        }
    });
}

#[test]
fn a_reader_of_a_call_sees_what_was_written_before_it() {
    every_order(|| {
        let starts = table();
        let row = Arc::new(AtomicU64::new(0));
        let caller = {
            let (starts, row) = (Arc::clone(&starts), Arc::clone(&row));
            spawn(move || {
                row.store(1, Ordering::Relaxed);
                std::mem::forget(starts.claim(0, start_of(0), 0));
            })
        };
        let (reader, row) = (Arc::clone(&starts), Arc::clone(&row));
        let (calls, row) = read_beside([caller], move || (calls(&reader).len(), row.load(Ordering::Relaxed)));
        assert!(calls == 0 || row == 1, "the call has no series yet");
    });
}
