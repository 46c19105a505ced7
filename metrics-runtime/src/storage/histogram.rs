//! The histogram of one series.

use super::row::{AllShards, OwnShard, Row};
use super::sum_words::{MAX_TO_SUM, SUM_WORDS};

/// Observations: their sum in nanoseconds, and a count for each bucket. The last bucket is `+Inf`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HistogramCell {
    /// Nanoseconds.
    bounds: &'static [u64],
    row: Row,
}

const NANOSECONDS: f64 = 1e9;

/// What a page shows of some histograms of one metric.
#[derive(Debug, Default)]
pub(crate) struct HistogramValues {
    /// Nanoseconds.
    sums: Vec<u128>,
    /// For each histogram, the count of each bucket, not cumulative.
    counts: Vec<u64>,
    buckets: usize,
}

impl HistogramValues {
    /// Reads the histograms in these rows, which have these bounds.
    ///
    /// A page takes the total count from the buckets, so that it agrees with itself while other threads go on. The sum is
    /// read first: each call whose duration is in the sum is also in the count.
    pub(crate) fn read(&mut self, shards: &AllShards, bounds: &[u64], rows: &[Row]) {
        self.buckets = bounds.len() + 1;
        shards.read_sums(rows, self.buckets, &mut self.sums, &mut self.counts);
    }

    /// The sum of one of them in nanoseconds, and the count of each bucket, not cumulative.
    pub(crate) fn get_mut(&mut self, at: usize) -> Option<(u128, &mut [u64])> {
        let first = at * self.buckets;
        Some((*self.sums.get(at)?, self.counts.get_mut(first..first + self.buckets)?))
    }
}

/// To the nearest nanosecond. A negative value, such as the difference of two clocks, counts as zero, because the sum of
/// a histogram is a counter. It saturates at 292 years.
#[inline]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates at both ends")]
pub(crate) fn to_nanoseconds(seconds: f64) -> u64 {
    // `round` is a call on processors without an instruction for it.
    ((seconds * NANOSECONDS + 0.5) as u64).min(MAX_TO_SUM)
}

/// The bounds of a metric in nanoseconds, for its cells. They are made once and live as long as the program.
pub(crate) fn bounds_in_nanoseconds(bounds: &[f64]) -> &'static [u64] {
    Vec::leak(bounds.iter().copied().map(to_nanoseconds).collect())
}

/// The bucket that a duration falls into.
pub(crate) fn bucket_of(bounds: &[u64], nanoseconds: u64) -> usize {
    // Most metrics have a bucket or two that most durations fall into, and the processor learns which.
    bounds.iter().position(|bound| nanoseconds <= *bound).unwrap_or(bounds.len())
}

impl HistogramCell {
    /// The number of words in its row: the sum, the buckets, and `+Inf`.
    pub(crate) const fn width(bounds: &[u64]) -> usize {
        SUM_WORDS + bounds.len() + 1
    }

    pub(crate) const fn new(row: Row, bounds: &'static [u64]) -> Self {
        Self { bounds, row }
    }

    /// The word of a bucket in its row.
    #[cfg(feature = "exemplars")]
    pub(crate) const fn bucket_word(bucket: usize) -> usize {
        SUM_WORDS + bucket
    }

    /// Adds an observation that falls into this bucket, in the shard of this thread.
    #[inline(always)]
    pub(crate) fn observe_in(own: OwnShard, row: Row, bucket: usize, nanoseconds: u64) {
        row.observe_in(own, SUM_WORDS + bucket, nanoseconds);
    }

    /// Adds an observation in seconds. A value that is not finite fits in no bucket and in no sum, so it is left out.
    #[inline]
    pub(crate) fn observe(self, seconds: f64) {
        if seconds.is_finite() {
            let nanoseconds = to_nanoseconds(seconds);
            Self::observe_in(OwnShard::get(), self.row, bucket_of(self.bounds, nanoseconds), nanoseconds);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_observation_falls_into_its_bucket() {
        let bounds = bounds_in_nanoseconds(&[0.1, 1.0, 10.0]);
        let row = Row::allocate(HistogramCell::width(bounds)).expect("there is room");
        let histogram = HistogramCell::new(row, bounds);
        for seconds in [0.05, 0.1, 0.100_000_1, 10.0, 11.0, -1.0, f64::NAN, f64::INFINITY] {
            histogram.observe(seconds);
        }
        let mut shards = AllShards::default();
        shards.refresh();
        let mut values = HistogramValues::default();
        values.read(&shards, bounds, &[row]);
        // What is negative counts as zero.
        assert_eq!(values.get_mut(0), Some((21_250_000_100, &mut [3, 1, 1, 1][..])));
    }
}
