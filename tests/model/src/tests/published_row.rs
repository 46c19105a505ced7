//! A row that is published after the bounds of its metric, as a slot's is.

use loom::sync::Arc;

use super::row_at;
use crate::explore::{every_order, join, spawn};
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

    /// As a call does: the bounds, if it sees the row.
    fn seen(&self) -> Option<Option<&'static [u64]>> {
        let row = self.row.get()?;
        assert_eq!(row.first(), row_at(1).first());
        Some(self.bounds.get().copied())
    }
}

#[test]
fn a_thread_that_sees_a_row_sees_the_bounds() {
    every_order(|| {
        let slots = Arc::new(Slots::new());
        let first = Arc::clone(&slots);
        let thread = spawn(move || first.fill());
        if let Some(bounds) = slots.seen() {
            assert_eq!(bounds, Some(BOUNDS));
        }
        join([thread]);
        assert_eq!(slots.seen(), Some(Some(BOUNDS)));
    });
}

#[test]
fn two_threads_publish_the_same_row() {
    every_order(|| {
        let slots = Arc::new(Slots::new());
        let threads = [(); 2].map(|()| {
            let slots = Arc::clone(&slots);
            spawn(move || {
                slots.fill();
                assert_eq!(slots.seen(), Some(Some(BOUNDS)));
            })
        });
        if let Some(bounds) = slots.seen() {
            assert_eq!(bounds, Some(BOUNDS));
        }
        join(threads);
    });
}

#[test]
fn a_row_that_a_thread_has_seen_does_not_vanish() {
    every_order(|| {
        let slots = Arc::new(Slots::new());
        let first = Arc::clone(&slots);
        let thread = spawn(move || first.fill());
        let seen = [slots.seen().is_some(), slots.seen().is_some()];
        assert_ne!(seen, [true, false]);
        join([thread]);
    });
}
