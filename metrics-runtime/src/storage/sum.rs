//! The counter of one series that counts fractions: a sum in steps.

use super::row::{AllShards, OwnShard, Row};
use super::set_lock;
#[cfg(feature = "exemplars")]
use super::sum_words::SUM_LOW;
use super::sum_words::{MAX_TO_SUM, SUM_WORDS};

/// A sum that only grows. Of its steps, a power of ten makes one of the counter's unit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SumCell(Row);

impl SumCell {
    /// The number of words in its row.
    pub(crate) const WIDTH: usize = SUM_WORDS;

    /// The word in its row that stands for it.
    #[cfg(feature = "exemplars")]
    pub(crate) const WORD: usize = SUM_LOW;

    pub(crate) const fn new(row: Row) -> Self {
        Self(row)
    }

    /// Reads the sums in these rows, in steps.
    pub(crate) fn read(shards: &AllShards, rows: &[Row], sums: &mut Vec<u128>) {
        shards.read_only_sums(rows, sums);
    }

    /// Adds steps, 2^63 at most, in the shard of this thread, which the caller has looked up.
    #[inline(always)]
    pub(crate) fn add_in(self, own: OwnShard, steps: u64) {
        self.0.add_to_sum_in(own, steps);
    }

    /// Adds steps.
    pub(crate) fn add(self, steps: u128) {
        self.add_in(OwnShard::get(), u64::try_from(steps).unwrap_or(u64::MAX).min(MAX_TO_SUM));
    }

    /// Raises the sum to `steps`. A counter never goes back, so a lower value changes nothing.
    pub(crate) fn raise_to(self, steps: u128) {
        let _lock = set_lock::lock();
        self.add(steps.saturating_sub(self.0.total()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(row: Row) -> u128 {
        let (mut shards, mut sums) = (AllShards::default(), Vec::new());
        shards.refresh();
        SumCell::read(&shards, &[row], &mut sums);
        sums[0]
    }

    #[test]
    fn a_sum_is_exact_over_threads_and_beyond_64_bits() {
        let row = Row::allocate(SumCell::WIDTH).expect("there is room");
        let sum = SumCell::new(row);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..10_000).for_each(|_| sum.add(3)));
            }
        });
        assert_eq!(value(row), 240_000);
        sum.raise_to(100);
        assert_eq!(value(row), 240_000, "a counter never goes back");
        sum.raise_to(240_005);
        assert_eq!(value(row), 240_005);
        (0..5).for_each(|_| sum.add(u128::MAX));
        assert_eq!(value(row), 240_005 + 5 * u128::from(MAX_TO_SUM));
    }
}
