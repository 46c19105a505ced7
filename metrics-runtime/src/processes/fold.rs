//! Adds the counts of processes that have ended.

use super::description::Description;
use super::translation::Translated;
use crate::definition::KILLED_CALLS;
use crate::storage::{CHUNKS, OtherWords, SUM_FLIPS, SUM_LOW, SUM_WORDS, WORDS_IN_CHUNK, split_sum, sum_of};
use crate::vocabulary::Kind;

/// The counts of processes that have ended, by the words of one description.
pub(super) struct Totals<'a> {
    description: &'a Description,
    chunks: Vec<Vec<u64>>,
}

impl<'a> Totals<'a> {
    pub(super) fn new(description: &'a Description) -> Self {
        Self { description, chunks: vec![Vec::new(); CHUNKS] }
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
        let description = self.description;
        for metric in &description.metrics {
            for first in metric.region.rows().filter(|first| words.has_chunk(*first)) {
                match metric.kind {
                    Kind::Gauge => {}
                    Kind::Counter if metric.is_fractional() => self.add_to_sum(first, words.sum(first)),
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

    /// Adds counts of processes of another version.
    pub(super) fn add_translated(&mut self, translated: &Translated) {
        for (at, count) in translated.counts() {
            self.add_to_word(at, count);
        }
        for (first, sum) in translated.sums() {
            self.add_to_sum(first, sum);
        }
    }

    /// Adds the calls that a process had in flight when it ended.
    pub(super) fn add_killed(&mut self, words: &OtherWords) {
        let description = self.description;
        let rows = description.metric(KILLED_CALLS).into_iter().flat_map(|metric| metric.region.rows());
        for (first, function) in rows.zip(&description.functions) {
            self.add_to_word(first, function.in_flight(description, words));
        }
    }

    fn add_to_word(&mut self, at: usize, value: u64) {
        if value != 0 {
            let word = self.word(at);
            *word = word.wrapping_add(value);
        }
    }

    fn add_to_histogram(&mut self, first: usize, sum: u128, counts: &[u64]) {
        self.add_to_sum(first, sum);
        for (at, count) in counts.iter().enumerate() {
            self.add_to_word(first + SUM_WORDS + at, *count);
        }
    }

    fn add_to_sum(&mut self, first: usize, sum: u128) {
        if sum != 0 {
            let before = sum_of(*self.word(first + SUM_FLIPS), *self.word(first + SUM_LOW));
            let (flips, low) = split_sum(before.saturating_add(sum));
            *self.word(first + SUM_FLIPS) = flips;
            *self.word(first + SUM_LOW) = low;
        }
    }
}
