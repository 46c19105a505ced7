//! The values of all processes but this one, as a page takes them.

use crate::definition::Join;
use crate::storage::{GaugeCell, OtherWords};

/// The values of all processes but this one, at one moment of the folder: none is there twice, and none is missing.
#[derive(Debug, Default)]
pub(crate) struct Others {
    /// Of those that live.
    pub(super) live: Vec<OtherWords>,
    /// Of those that have ended.
    pub(super) ended: Vec<OtherWords>,
}

impl Others {
    /// There are no other processes.
    pub(crate) const NONE: Self = Self { live: Vec::new(), ended: Vec::new() };

    fn all(&self) -> impl Iterator<Item = &OtherWords> {
        self.ended.iter().chain(&self.live)
    }

    /// The counts in this word.
    pub(crate) fn count(&self, at: usize) -> u64 {
        self.all().map(|words| words.word(at)).fold(0, u64::wrapping_add)
    }

    /// Adds to the counts of a histogram's buckets; gives the sum, which is read first.
    pub(crate) fn read_histogram(&self, first: usize, counts: &mut [u64]) -> u128 {
        let mut sum: u128 = 0;
        for words in self.all() {
            sum = sum.saturating_add(words.sum(first));
            words.add_to(first, counts);
        }
        sum
    }

    /// The gauge in this row, of this process and of all others that live.
    pub(crate) fn gauge(&self, join: Join, first: usize, own: GaugeCell) -> f64 {
        let others = self.live.iter().map(|words| words.gauge(first));
        match join {
            Join::Sum => others.fold(own.value(), |sum, value| sum + value),
            Join::Max => others.fold(own.value(), f64::max),
            Join::Min => others.fold(own.value(), f64::min),
            Join::Latest => {
                let latest = self.live.iter().max_by_key(|words| words.gauge_was_set_at(first));
                let latest = latest.filter(|words| words.gauge_was_set_at(first) > own.was_set_at());
                latest.map_or_else(|| own.value(), |words| words.gauge(first))
            }
        }
    }

    /// Whether any of these words is not zero.
    pub(crate) fn has_values(&self, first: usize, words: usize) -> bool {
        self.all().any(|other| other.has_values(first, words))
    }

    /// Whether there is another process, or was one.
    pub(crate) fn is_empty(&self) -> bool {
        self.live.is_empty() && self.ended.is_empty()
    }
}
