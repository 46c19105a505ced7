//! The exemplar of one word: a call that the word counts, with the ids of its place in a trace.
//!
//! A model checker explores the paths through this file: see `tests/model`.

use super::sync::{AtomicU64, Ordering};

/// A call that a word counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Exemplar {
    /// The id of the trace and the id of the span, in words.
    pub(crate) ids: [u64; 3],
    /// What the call added to its metric: steps to a histogram, one to a counter.
    pub(crate) value: u64,
    /// Nanoseconds since 1970.
    pub(crate) time: u64,
}

/// Where the exemplar of one word is kept. Its alignment keeps two of them out of one cache line.
#[repr(align(64))]
pub(crate) struct ExemplarSlot {
    /// Even; odd while one thread writes. Zero before the first exemplar.
    version: AtomicU64,
    /// When it may be written, by the caller's clock.
    due_at: AtomicU64,
    /// The fields of an [`Exemplar`].
    words: [AtomicU64; 5],
}

impl ExemplarSlot {
    /// No exemplar yet.
    pub(super) fn empty() -> Self {
        Self {
            version: AtomicU64::new(0),
            due_at: AtomicU64::new(0),
            words: std::array::from_fn(|_| AtomicU64::new(0)),
        }
    }

    /// When it may be written, by the caller's clock; zero before the first time.
    #[inline(always)]
    pub(crate) fn due_at(&self) -> u64 {
        self.due_at.load(Ordering::Relaxed)
    }

    /// Writes an exemplar, unless another thread writes one, or has just written one. It may be written again at `due_at`.
    pub(crate) fn write(&self, now: u64, due_at: u64, exemplar: Exemplar) {
        let version = self.version.load(Ordering::Relaxed);
        let is_being_written = version % 2 == 1;
        // `Acquire` pairs with the last store below: this thread then sees when the slot may be written.
        if is_being_written
            || self.version.compare_exchange(version, version + 1, Ordering::Acquire, Ordering::Relaxed).is_err()
        {
            return;
        }
        if now < self.due_at() {
            self.version.store(version, Ordering::Release);
            return;
        }
        self.due_at.store(due_at, Ordering::Relaxed);
        let Exemplar { ids: [high, low, span], value, time } = exemplar;
        for (word, value) in self.words.iter().zip([high, low, span, value, time]) {
            // `Release` pairs with `read`: a reader that sees this word also sees the odd version.
            word.store(value, Ordering::Release);
        }
        self.version.store(version + 2, Ordering::Release);
    }

    /// The exemplar; `None` before the first, and while one is written.
    pub(crate) fn read(&self) -> Option<Exemplar> {
        let version = self.version.load(Ordering::Acquire);
        if version == 0 || version % 2 == 1 {
            return None;
        }
        let [high, low, span, value, time] = std::array::from_fn(|at| self.words[at].load(Ordering::Acquire));
        let is_whole = self.version.load(Ordering::Relaxed) == version;
        is_whole.then_some(Exemplar { ids: [high, low, span], value, time })
    }
}
