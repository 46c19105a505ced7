//! The histogram of one series.

use super::buckets::Buckets;
use super::row::{AllShards, OwnShard, Row};
use super::sum_words::SUM_WORDS;

/// Observations: their sum in steps, and a count for each bucket. The last bucket is `+Inf`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HistogramCell {
    buckets: Buckets,
    row: Row,
}

/// What a page shows of some histograms of one metric.
#[derive(Debug, Default)]
pub(crate) struct HistogramValues {
    /// Steps.
    sums: Vec<u128>,
    /// For each histogram, the count of each bucket, not cumulative.
    counts: Vec<u64>,
    buckets: usize,
}

impl HistogramValues {
    /// Reads the histograms in these rows, which have these bounds.
    ///
    /// A page takes the total count from the buckets, so that it agrees with itself while other threads go on. The sum is
    /// read first: each value that is in the sum is also in the count.
    pub(crate) fn read(&mut self, shards: &AllShards, bounds: &[u64], rows: &[Row]) {
        self.buckets = bounds.len() + 1;
        shards.read_sums(rows, self.buckets, &mut self.sums, &mut self.counts);
    }

    /// The sum of one of them in steps, and the count of each bucket, not cumulative.
    pub(crate) fn get_mut(&mut self, at: usize) -> Option<(u128, &mut [u64])> {
        let first = at * self.buckets;
        Some((*self.sums.get(at)?, self.counts.get_mut(first..first + self.buckets)?))
    }
}

impl HistogramCell {
    /// The number of words in its row: the sum, the buckets, and `+Inf`.
    pub(crate) const fn width(bounds: &[u64]) -> usize {
        SUM_WORDS + bounds.len() + 1
    }

    pub(crate) const fn new(row: Row, buckets: Buckets) -> Self {
        Self { buckets, row }
    }

    /// The word of a bucket in its row.
    #[cfg(feature = "exemplars")]
    pub(crate) const fn bucket_word(bucket: usize) -> usize {
        SUM_WORDS + bucket
    }

    /// Adds an observation that falls into this bucket, in the shard of this thread.
    #[inline(always)]
    pub(crate) fn observe_in(own: OwnShard, row: Row, bucket: usize, steps: u64) {
        row.observe_in(own, SUM_WORDS + bucket, steps);
    }

    /// Adds an observation. A value that is not finite fits in no bucket and in no sum, so it is left out.
    #[inline]
    pub(crate) fn observe(self, value: f64) {
        if value.is_finite() {
            let steps = self.buckets.scale().steps_of(value);
            Self::observe_in(OwnShard::get(), self.row, self.buckets.bucket_of(steps), steps);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Scale;

    #[test]
    fn an_observation_falls_into_its_bucket() {
        let buckets = Buckets::leaked(&[0.1, 1.0, 10.0], Scale::of_decimal_places(9));
        let row = Row::allocate(HistogramCell::width(buckets.bounds())).expect("there is room");
        let histogram = HistogramCell::new(row, buckets);
        for seconds in [0.05, 0.1, 0.100_000_1, 10.0, 11.0, -1.0, f64::NAN, f64::INFINITY] {
            histogram.observe(seconds);
        }
        let mut shards = AllShards::default();
        shards.refresh();
        let mut values = HistogramValues::default();
        values.read(&shards, buckets.bounds(), &[row]);
        // What is negative counts as zero.
        assert_eq!(values.get_mut(0), Some((21_250_000_100, &mut [3, 1, 1, 1][..])));
    }
}
