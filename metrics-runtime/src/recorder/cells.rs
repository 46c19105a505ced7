//! Where the values of one series are kept, behind the facade's handles.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use metrics::{CounterFn, GaugeFn, HistogramFn};

use super::shard::Sharded;

/// A count.
#[derive(Debug)]
pub(crate) struct CounterCell(Sharded);

impl CounterCell {
    pub(super) fn new() -> Self {
        Self(Sharded::new(1))
    }

    pub(crate) fn value(&self) -> u64 {
        self.0.sum(0)
    }
}

/// One at a time: setting means reading and adding. Hardly anybody does it.
static SETTING: Mutex<()> = Mutex::new(());

impl CounterFn for CounterCell {
    #[inline]
    fn increment(&self, value: u64) {
        self.0.add(0, value);
    }

    fn absolute(&self, value: u64) {
        let _one_at_a_time = SETTING.lock().unwrap_or_else(PoisonError::into_inner);
        // A counter never goes back.
        self.0.add(0, value.saturating_sub(self.value()));
    }
}

/// A value that goes up and down: what was set, and the whole steps since.
#[derive(Debug)]
pub(crate) struct GaugeCell {
    /// The bits of a number.
    set: AtomicU64,
    /// Calls in flight go up and down by one, on many threads; those steps are counted by shard.
    steps: Sharded,
}

/// Up to here every whole number is exact.
const MAX_STEP: f64 = 9_007_199_254_740_992.0;

impl GaugeCell {
    pub(super) fn new() -> Self {
        Self { set: AtomicU64::new(0.0_f64.to_bits()), steps: Sharded::new(1) }
    }

    pub(crate) fn value(&self) -> f64 {
        f64::from_bits(self.set.load(Ordering::Relaxed)) + self.steps()
    }

    #[allow(clippy::cast_precision_loss, clippy::cast_possible_wrap, reason = "gauges are exact up to 2^53")]
    fn steps(&self) -> f64 {
        self.steps.sum(0) as i64 as f64
    }

    #[inline]
    fn add(&self, value: f64) {
        if value.abs() <= MAX_STEP && value.fract() == 0.0 {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is whole, and wraps back")]
            self.steps.add(0, value as i64 as u64);
            return;
        }
        let add = |bits| Some((f64::from_bits(bits) + value).to_bits());
        // The closure never refuses.
        let _ = self.set.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
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
        self.set.store((value - self.steps()).to_bits(), Ordering::Relaxed);
    }
}

/// Observations: the sum in nanoseconds, and a count for each bucket, the last of which is beyond all bounds.
#[derive(Debug)]
pub(crate) struct HistogramCell {
    bounds: &'static [f64],
    words: Sharded,
}

const NANOSECONDS: f64 = 1e9;

impl HistogramCell {
    pub(super) fn new(bounds: &'static [f64]) -> Self {
        // The sum, the buckets, and the one beyond.
        Self { bounds, words: Sharded::new(bounds.len() + 2) }
    }

    /// The count of each bucket, not cumulative. A page is made of what this has seen, and its count is their sum: so it
    /// agrees with itself while threads go on.
    pub(crate) fn buckets(&self) -> impl Iterator<Item = u64> {
        (1..self.bounds.len() + 2).map(|word| self.words.sum(word))
    }

    /// The sum in nanoseconds.
    pub(crate) fn sum(&self) -> i64 {
        self.words.sum(0).cast_signed()
    }
}

impl HistogramFn for HistogramCell {
    #[inline]
    fn record(&self, seconds: f64) {
        // What is no number can be in no bucket and in no sum.
        if !seconds.is_finite() {
            return;
        }
        // Without a branch for each bucket, since nobody can predict in which a duration falls.
        let bucket: usize = self.bounds.iter().map(|bound| usize::from(seconds > *bound)).sum();
        self.words.add(1 + bucket, 1);
        #[allow(clippy::cast_possible_truncation, reason = "it saturates, at 292 years")]
        let nanoseconds = (seconds * NANOSECONDS).round() as i64;
        self.words.add(0, nanoseconds.cast_unsigned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_exact_over_threads() {
        let counter = CounterCell::new();
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
        let gauge = GaugeCell::new();
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
        let histogram = HistogramCell::new(&[0.1, 1.0, 10.0]);
        for seconds in [0.05, 0.1, 0.100_000_1, 10.0, 11.0, -1.0, f64::NAN, f64::INFINITY] {
            histogram.record(seconds);
        }
        assert_eq!(histogram.buckets().collect::<Vec<_>>(), [3, 1, 1, 1]);
        assert_eq!(histogram.sum(), 20_250_000_100);
    }
}
