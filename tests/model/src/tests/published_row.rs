//! A row that is published after the bounds of its metric, as a slot's is.

use loom::sync::Arc;
use loom::thread::JoinHandle;

use super::row_at;
use crate::explore::{every_order, orders_with_few_switches, read_beside, spawn};
use crate::published_row::PublishedRow;
use crate::sync::OnceLock;

const BOUNDS: &[u64] = &[1, 2];

/// One slot of a histogram, and the bounds of all its slots.
struct Slots {
    bounds: OnceLock<&'static [u64]>,
    row: PublishedRow,
}

impl Slots {
    fn new() -> Self {
        Self { bounds: OnceLock::new(), row: PublishedRow::default() }
    }

    /// As `Family::fill` does.
    fn fill(&self) {
        if self.row.get().is_none() {
            let _ = self.bounds.set(BOUNDS);
            self.row.publish(row_at(1));
        }
    }

    /// As a call does: if it sees the row, the bounds that it sees, or none.
    fn seen(&self) -> Option<&'static [u64]> {
        let row = self.row.get()?;
        assert_eq!(row.first(), row_at(1).first());
        Some(self.bounds.get().copied().unwrap_or_default())
    }
}

fn spawn_with(slots: &Arc<Slots>, f: impl FnOnce(&Slots) + 'static) -> JoinHandle<()> {
    let slots = Arc::clone(slots);
    spawn(move || f(&slots))
}

fn seen_in(slots: &Arc<Slots>) -> impl FnOnce() -> Option<&'static [u64]> + 'static {
    let slots = Arc::clone(slots);
    move || slots.seen()
}

#[test]
fn a_thread_that_sees_a_row_sees_the_bounds() {
    every_order(|| {
        let slots = Arc::new(Slots::new());
        let publisher = spawn_with(&slots, Slots::fill);
        let seen = read_beside([publisher], seen_in(&slots));
        assert!(matches!(seen, None | Some(BOUNDS)), "{seen:?}");
        assert_eq!(slots.seen(), Some(BOUNDS));
    });
}

#[test]
fn two_threads_publish_the_same_row() {
    orders_with_few_switches(3, || {
        let slots = Arc::new(Slots::new());
        let publishers = [(); 2].map(|()| {
            spawn_with(&slots, |slots| {
                slots.fill();
                assert_eq!(slots.seen(), Some(BOUNDS));
            })
        });
        let seen = read_beside(publishers, seen_in(&slots));
        assert!(matches!(seen, None | Some(BOUNDS)), "{seen:?}");
    });
}

#[test]
fn a_row_that_a_thread_has_seen_does_not_vanish() {
    every_order(|| {
        let slots = Arc::new(Slots::new());
        let publisher = spawn_with(&slots, Slots::fill);
        let reader = Arc::clone(&slots);
        let seen = read_beside([publisher], move || [reader.seen().is_some(), reader.seen().is_some()]);
        assert_ne!(seen, [true, false]);
    });
}
