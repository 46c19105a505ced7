//! Where the values of one series are kept, behind the facade's handles.

use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use metrics::{CounterFn, GaugeFn, HistogramFn};

use super::words::{AllShards, Words};

/// A count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CounterCell(Words);

impl CounterCell {
    pub(super) const WIDTH: usize = 1;

    pub(crate) const fn new(words: Words) -> Self {
        Self(words)
    }

    pub(crate) fn value(self) -> u64 {
        self.0.sum(0)
    }
}

/// One at a time: setting means reading and adding. Hardly anybody does it.
static SETTING: Mutex<()> = Mutex::new(());

impl CounterFn for CounterCell {
    #[inline]
    fn increment(&self, value: u64) {
        self.0.add((0, value));
    }

    fn absolute(&self, value: u64) {
        let _one_at_a_time = SETTING.lock().unwrap_or_else(PoisonError::into_inner);
        // A counter never goes back.
        self.0.add((0, value.saturating_sub(self.value())));
    }
}

/// A value that goes up and down: what was set, and the whole steps since. Calls in flight go up and down by one, on many
/// threads; those steps are counted by shard.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GaugeCell(Words);

const STEPS: usize = 0;
/// The bits of a number.
const SET: usize = 1;
/// Up to here every whole number is exact.
const MAX_STEP: f64 = 9_007_199_254_740_992.0;

impl GaugeCell {
    pub(super) const WIDTH: usize = 2;

    pub(crate) const fn new(words: Words) -> Self {
        // All bits zero is the number zero.
        Self(words)
    }

    pub(crate) fn value(self) -> f64 {
        let set = self.0.of_all_threads(SET).load(Ordering::Acquire);
        f64::from_bits(set) + self.steps()
    }

    #[allow(clippy::cast_precision_loss, clippy::cast_possible_wrap, reason = "gauges are exact up to 2^53")]
    fn steps(self) -> f64 {
        self.0.sum(STEPS) as i64 as f64
    }

    /// One up or down.
    #[inline]
    pub(crate) fn step(self, up: bool) {
        self.0.add((STEPS, if up { 1 } else { u64::MAX }));
    }

    #[inline]
    fn add(self, value: f64) {
        if value.abs() <= MAX_STEP && value.fract() == 0.0 {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is whole, and wraps back")]
            self.0.add((STEPS, value as i64 as u64));
            return;
        }
        let add = |bits| Some((f64::from_bits(bits) + value).to_bits());
        // The closure never refuses.
        let _ = self.0.of_all_threads(SET).fetch_update(Ordering::AcqRel, Ordering::Acquire, add);
    }
}

impl GaugeFn for GaugeCell {
    #[inline]
    fn increment(&self, value: f64) {
        self.add(value);
    }

    #[inline]
    fn decrement(&self, value: f64) {
        self.add(-value);
    }

    fn set(&self, value: f64) {
        let _one_at_a_time = SETTING.lock().unwrap_or_else(PoisonError::into_inner);
        // Steps that come meanwhile count from the new value on.
        self.0.of_all_threads(SET).store((value - self.steps()).to_bits(), Ordering::Release);
    }
}

/// Observations: the sum in nanoseconds, and a count for each bucket, the last of which is beyond all bounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HistogramCell {
    /// Nanoseconds.
    bounds: &'static [i64],
    words: Words,
}

const NANOSECONDS: f64 = 1e9;

/// To the nearest nanosecond; it saturates, at 292 years.
#[inline]
#[allow(clippy::cast_possible_truncation, reason = "it saturates")]
fn to_nanoseconds(seconds: f64) -> i64 {
    // `round` is a call on processors without an instruction for it.
    (seconds * NANOSECONDS + if seconds < 0.0 { -0.5 } else { 0.5 }) as i64
}

/// The bounds of a metric, for its cells: made once, and used for as long as the program runs.
pub(super) fn bounds_in_nanoseconds(bounds: &[f64]) -> &'static [i64] {
    Vec::leak(bounds.iter().copied().map(to_nanoseconds).collect())
}

impl HistogramCell {
    /// The sum, the buckets, and the one beyond.
    pub(super) const fn width(bounds: &[i64]) -> usize {
        bounds.len() + 2
    }

    pub(crate) const fn new(words: Words, bounds: &'static [i64]) -> Self {
        Self { bounds, words }
    }

    #[inline(always)]
    pub(crate) fn record_nanoseconds(self, nanoseconds: i64) {
        // Most metrics have a bucket or two that most durations fall into, and the processor learns which.
        let bucket = self.bounds.iter().position(|bound| nanoseconds <= *bound).unwrap_or(self.bounds.len());
        self.words.add_both((1 + bucket, 1), (0, nanoseconds.cast_unsigned()));
    }

    /// The sum in nanoseconds, and the count of each bucket, not cumulative; `row` is where they are read to. A page is
    /// made of what this has seen, and its count is that of the buckets: so it agrees with itself while threads go on.
    ///
    /// The sum is read first: what it has of a call that is being recorded, the count may lack, and a mean that is too
    /// large for a moment is better than one that divides by a call too many.
    pub(crate) fn read(self, shards: &AllShards, row: &mut Vec<u64>) -> (i64, impl Iterator<Item = u64>) {
        row.resize(Self::width(self.bounds), 0);
        self.words.read(shards, row);
        (row[0].cast_signed(), row[1..].iter().copied())
    }
}

impl HistogramFn for HistogramCell {
    #[inline]
    fn record(&self, seconds: f64) {
        // What is no number can be in no bucket and in no sum.
        if seconds.is_finite() {
            self.record_nanoseconds(to_nanoseconds(seconds));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_exact_over_threads() {
        let counter = CounterCell::new(Words::allocate(CounterCell::WIDTH).expect("there is room"));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..10_000).for_each(|_| counter.increment(1)));
            }
        });
        assert_eq!(counter.value(), 80_000);
        counter.absolute(100);
        assert_eq!(counter.value(), 80_000, "a counter never goes back");
        counter.absolute(80_005);
        assert_eq!(counter.value(), 80_005);
    }

    #[test]
    fn a_gauge_is_set_and_stepped() {
        let gauge = GaugeCell::new(Words::allocate(GaugeCell::WIDTH).expect("there is room"));
        gauge.increment(3.0);
        gauge.decrement(1.0);
        assert_eq!(gauge.value().to_bits(), 2.0_f64.to_bits());
        gauge.set(-1.5);
        gauge.increment(0.25);
        gauge.increment(2.0);
        assert_eq!(gauge.value().to_bits(), 0.75_f64.to_bits());
        gauge.set(f64::INFINITY);
        assert!(gauge.value().is_infinite());
        gauge.set(f64::NAN);
        assert!(gauge.value().is_nan());
        gauge.set(4.0);
        assert_eq!(gauge.value().to_bits(), 4.0_f64.to_bits());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10_000 {
                        gauge.increment(1.0);
                        gauge.decrement(1.0);
                    }
                });
            }
        });
        assert_eq!(gauge.value().to_bits(), 4.0_f64.to_bits());
    }

    #[test]
    fn an_observation_falls_into_its_bucket() {
        let bounds = bounds_in_nanoseconds(&[0.1, 1.0, 10.0]);
        let words = Words::allocate(HistogramCell::width(bounds)).expect("there is room");
        let histogram = HistogramCell::new(words, bounds);
        for seconds in [0.05, 0.1, 0.100_000_1, 10.0, 11.0, -1.0, f64::NAN, f64::INFINITY] {
            histogram.record(seconds);
        }
        let mut row = Vec::new();
        let mut shards = AllShards::default();
        shards.refresh();
        let (sum, buckets) = histogram.read(&shards, &mut row);
        assert_eq!(buckets.collect::<Vec<_>>(), [3, 1, 1, 1]);
        assert_eq!(sum, 20_250_000_100);
    }
}
