//! The counter of one series.

use super::row::{AllShards, OwnShard, Row};
use super::set_lock;

/// A count that only grows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CounterCell(Row);

impl CounterCell {
    /// The number of words in its row.
    pub(crate) const WIDTH: usize = 1;

    /// The word of the count in its row.
    #[cfg(feature = "exemplars")]
    pub(crate) const WORD: usize = 0;

    pub(crate) const fn new(row: Row) -> Self {
        Self(row)
    }

    fn value(self) -> u64 {
        self.0.sum(0)
    }

    /// Reads the counters in these rows.
    pub(crate) fn read(shards: &AllShards, rows: &[Row], values: &mut Vec<u64>) {
        shards.read_words(rows, 0, values);
    }

    #[inline]
    pub(crate) fn increment(self, value: u64) {
        self.0.add(0, value);
    }

    /// As [`increment`](Self::increment), in the shard of this thread, which the caller has looked up.
    #[inline(always)]
    pub(crate) fn increment_in(self, own: OwnShard, value: u64) {
        self.0.add_in(own, 0, value);
    }

    /// Raises the count to `value`. A counter never goes back, so a lower value changes nothing.
    pub(crate) fn raise_to(self, value: u64) {
        let _lock = set_lock::lock();
        self.0.add(0, value.saturating_sub(self.value()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_exact_over_threads() {
        let counter = CounterCell::new(Row::allocate(CounterCell::WIDTH).expect("there is room"));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..10_000).for_each(|_| counter.increment(1)));
            }
        });
        assert_eq!(counter.value(), 80_000);
        counter.raise_to(100);
        assert_eq!(counter.value(), 80_000, "a counter never goes back");
        counter.raise_to(80_005);
        assert_eq!(counter.value(), 80_005);
    }
}
