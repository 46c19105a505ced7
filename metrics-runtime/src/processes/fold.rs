//! Adds the counts of processes that have ended.

use super::calls::CallsOf;
use crate::definition::KILLED_CALLS;
use crate::recorder::Store;
use crate::storage::{CHUNKS, OtherWords, WORDS_IN_CHUNK, split_sum, sum_of};
use crate::vocabulary::Kind;

/// The counts of processes that have ended, by the words of the layout.
pub(super) struct Totals<'store> {
    store: &'store Store,
    chunks: Vec<Vec<u64>>,
}

impl<'store> Totals<'store> {
    pub(super) fn new(store: &'store Store) -> Self {
        Self { store, chunks: vec![Vec::new(); CHUNKS] }
    }

    /// The words, for a file.
    pub(super) fn into_chunks(self) -> Vec<Vec<u64>> {
        self.chunks
    }

    fn word(&mut self, at: usize) -> &mut u64 {
        let chunk = &mut self.chunks[at / WORDS_IN_CHUNK % CHUNKS];
        chunk.resize(WORDS_IN_CHUNK, 0);
        &mut chunk[at % WORDS_IN_CHUNK]
    }

    /// Adds all counts in these words. Gauges are left out: what they showed has ended.
    pub(super) fn add(&mut self, words: &OtherWords) {
        let store = self.store;
        for metric in store.metrics() {
            let Some(region) = &metric.region else { continue };
            for first in region.rows().filter(|first| words.has_chunk(*first)) {
                match metric.kind {
                    Kind::Gauge => {}
                    Kind::Counter => self.add_to_word(first, words.word(first)),
                    Kind::Histogram => {
                        let mut counts = vec![0; metric.bounds.len() + 1];
                        let sum = words.sum(first);
                        words.add_to(first, &mut counts);
                        self.add_to_histogram(first, sum, &counts);
                    }
                }
            }
        }
    }

    /// Adds the calls that a process had in flight when it ended.
    pub(super) fn add_killed(&mut self, words: &OtherWords, functions: &[CallsOf]) {
        let store = self.store;
        let killed = store.metrics().iter().find(|metric| metric.name == KILLED_CALLS).and_then(|metric| metric.region);
        let rows = killed.iter().flat_map(|region| region.rows());
        for (first, function) in rows.zip(functions) {
            self.add_to_word(first, function.in_flight(store, words));
        }
    }

    fn add_to_word(&mut self, at: usize, value: u64) {
        if value != 0 {
            let word = self.word(at);
            *word = word.wrapping_add(value);
        }
    }

    fn add_to_histogram(&mut self, first: usize, sum: u128, counts: &[u64]) {
        if sum == 0 && counts.iter().all(|count| *count == 0) {
            return;
        }
        let before = sum_of(*self.word(first), *self.word(first + 1));
        let (flips, low) = split_sum(before.saturating_add(sum));
        *self.word(first) = flips;
        *self.word(first + 1) = low;
        for (at, count) in counts.iter().enumerate() {
            self.add_to_word(first + 2 + at, *count);
        }
    }
}
