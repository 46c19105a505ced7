//! The values of all processes but this one, as a page takes them.

use std::iter::once;

use super::translation::Translated;
use crate::definition::Join;
use crate::storage::{GaugeCell, OtherWords, Row, SUM_WORDS};

/// The values of all processes but this one, at one moment of the folder: none is there twice, and none is missing.
#[derive(Debug, Default)]
pub(crate) struct Others {
    /// Of those that live.
    pub(super) live: Vec<OtherWords>,
    /// Of those that have ended.
    pub(super) ended: Vec<OtherWords>,
    /// Of other versions of the program that live.
    pub(super) translated: Vec<Translated>,
    /// Of other versions that have ended.
    pub(super) translated_ended: Vec<Translated>,
}

impl Others {
    /// There are no other processes.
    pub(crate) const NONE: Self =
        Self { live: Vec::new(), ended: Vec::new(), translated: Vec::new(), translated_ended: Vec::new() };

    fn words(&self) -> impl Iterator<Item = &OtherWords> {
        self.ended.iter().chain(&self.live)
    }

    fn translated(&self) -> impl Iterator<Item = &Translated> {
        self.translated_ended.iter().chain(&self.translated)
    }

    /// The number of others that live.
    pub(super) fn number(&self) -> usize {
        self.live.len() + self.translated.len()
    }

    /// The counts in this word.
    pub(crate) fn count(&self, at: usize) -> u64 {
        let counts = self.words().map(|words| words.word(at));
        counts.chain(self.translated().map(|translated| translated.count(at))).fold(0, u64::wrapping_add)
    }

    /// The sums at the start of this row.
    pub(crate) fn sum(&self, first: usize) -> u128 {
        let sums = self.words().map(|words| words.sum(first));
        sums.chain(self.translated().map(|translated| translated.sum(first))).fold(0, u128::saturating_add)
    }

    /// Adds to the counts of a histogram's buckets; gives the sum, which is read first.
    pub(crate) fn read_histogram(&self, first: usize, counts: &mut [u64]) -> u128 {
        let mut sum: u128 = 0;
        for words in self.words() {
            sum = sum.saturating_add(words.sum(first));
            words.add_to(first, counts);
        }
        for translated in self.translated() {
            sum = sum.saturating_add(translated.sum(first));
            for (at, count) in counts.iter_mut().enumerate() {
                *count = count.wrapping_add(translated.count(first + SUM_WORDS + at));
            }
        }
        sum
    }

    /// The gauge in this row, of this process, which has the value `own`, and of all others that live.
    pub(crate) fn gauge(&self, join: Join, row: Row, own: f64) -> f64 {
        let first = row.first() as usize;
        let of_words = self.live.iter().map(|words| (words.gauge(first), words.gauge_was_set_at(first)));
        let of_translated = self.translated.iter().filter_map(|translated| translated.gauge(first));
        let others = of_words.chain(of_translated);
        let own = (own, GaugeCell::new(row).was_set_at());
        // The zero of a process that has not used the gauge is not its value.
        let is_used = |&(value, set_at): &(f64, u64)| set_at != 0 || value != 0.0;
        match join {
            Join::Sum => others.fold(own.0, |sum, (value, _)| sum + value),
            Join::Max => once(own).chain(others).filter(is_used).map(value).reduce(f64::max).unwrap_or(own.0),
            Join::Min => once(own).chain(others).filter(is_used).map(value).reduce(f64::min).unwrap_or(own.0),
            Join::Latest => others.fold(own, |latest, other| if other.1 > latest.1 { other } else { latest }).0,
        }
    }

    /// Whether any of these words is not zero.
    pub(crate) fn has_values(&self, first: usize, words: usize) -> bool {
        self.words().any(|other| other.has_values(first, words))
            || self.translated().any(|other| other.has_values(first, words))
    }

    /// Whether there is no other process, and was none.
    pub(crate) fn is_empty(&self) -> bool {
        self.words().next().is_none() && self.translated().next().is_none()
    }
}

fn value((value, _): (f64, u64)) -> f64 {
    value
}
