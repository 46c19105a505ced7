//! A row that is published once, and read on every call.
//!
//! A model checker explores the paths through this file: see `tests/model`.

use super::row::Row;
use super::sync::{AtomicU32, Ordering};

/// The row of one series; empty until it is published.
#[derive(Default)]
pub(crate) struct PublishedRow {
    /// The number of the row's first word, or zero.
    first: AtomicU32,
}

impl PublishedRow {
    /// No row yet.
    pub(crate) const fn empty() -> Self {
        Self { first: AtomicU32::new(0) }
    }

    /// The row, if it was published.
    #[inline(always)]
    pub(crate) fn get(&self) -> Option<Row> {
        // `Acquire` pairs with `publish`: a thread that sees the row also sees what was written before it, such as the bounds.
        Row::from_first(self.first.load(Ordering::Acquire))
    }

    /// Publishes the row. Two threads may do so at the same time: both publish the same row.
    pub(crate) fn publish(&self, row: Row) {
        self.first.store(row.first(), Ordering::Release);
    }
}
