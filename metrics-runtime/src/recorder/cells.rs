//! Where the values of one series are kept, behind the facade's handles.

use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use metrics::{CounterFn, GaugeFn, HistogramFn};

use super::shards::{MAX_TO_SUM, SUM_WORDS};
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
        self.0.add(0, value);
    }

    fn absolute(&self, value: u64) {
        let _one_at_a_time = SETTING.lock().unwrap_or_else(PoisonError::into_inner);
        // A counter never goes back.
        self.0.add(0, value.saturating_sub(self.value()));
    }
}

/// A value that goes up and down: what was set, and the whole steps since. Calls in flight go up and down by one, on many
/// threads; those steps are counted by shard, the ups apart from the downs, so that a reader can tell which came first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GaugeCell(Words);

const UPS: usize = 0;
const DOWNS: usize = 1;
/// The bits of a number: what was set.
const SET: usize = 2;
/// The whole steps up to then.
const STEPS_WHEN_SET: usize = 3;
/// Up to here every whole number is exact.
const MAX_STEP: f64 = 9_007_199_254_740_992.0;
/// How often the steps are read anew where a step down came between. More than a few would take threads that do nothing
/// else.
const READINGS: usize = 16;

impl GaugeCell {
    pub(super) const WIDTH: usize = 4;

    pub(crate) const fn new(words: Words) -> Self {
        // All bits zero is the number zero.
        Self(words)
    }

    pub(crate) fn value(self) -> f64 {
        // Whoever sets it changes two words.
        let _one_at_a_time = SETTING.lock().unwrap_or_else(PoisonError::into_inner);
        self.value_while_nobody_sets_it()
    }

    #[allow(clippy::cast_precision_loss, clippy::cast_possible_wrap, reason = "gauges are exact up to 2^53")]
    fn value_while_nobody_sets_it(self) -> f64 {
        let [set, before] = [SET, STEPS_WHEN_SET].map(|word| self.0.of_all_threads(word).load(Ordering::Acquire));
        f64::from_bits(set) + self.steps().wrapping_sub(before) as i64 as f64
    }

    fn set_while_nobody_else_does(self, value: f64) {
        // Steps that come meanwhile count from the new value on.
        let steps = self.steps();
        for (word, value) in [(SET, value.to_bits()), (STEPS_WHEN_SET, steps)] {
            self.0.of_all_threads(word).store(value, Ordering::Release);
        }
    }

    /// The ups less the downs, as a number that wraps around.
    ///
    /// The downs are read first: each that is seen has its up seen, too, wherever that was counted, so that a number of
    /// calls is never negative. They are read once more afterwards: where there are no more of them, the number is one
    /// that there was, and not one with ups that came long after the downs.
    fn steps(self) -> u64 {
        let mut downs = self.0.sum(DOWNS);
        for _ in 0..READINGS {
            let ups = self.0.sum(UPS);
            let later = self.0.sum(DOWNS);
            if later == downs {
                return ups.wrapping_sub(downs);
            }
            downs = later;
        }
        self.0.sum(UPS).wrapping_sub(downs)
    }

    /// One up or down.
    #[inline]
    pub(crate) fn step(self, up: bool) {
        self.0.add(if up { UPS } else { DOWNS }, 1);
    }

    fn add(self, value: f64) {
        if value.abs() <= MAX_STEP && value.fract() == 0.0 {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is whole, and not negative"
            )]
            self.0.add(if value > 0.0 { UPS } else { DOWNS }, value.abs() as u64);
            return;
        }
        let _one_at_a_time = SETTING.lock().unwrap_or_else(PoisonError::into_inner);
        self.set_while_nobody_else_does(self.value_while_nobody_sets_it() + value);
    }
}

impl GaugeFn for GaugeCell {
    fn increment(&self, value: f64) {
        self.add(value);
    }

    fn decrement(&self, value: f64) {
        self.add(-value);
    }

    fn set(&self, value: f64) {
        let _one_at_a_time = SETTING.lock().unwrap_or_else(PoisonError::into_inner);
        self.set_while_nobody_else_does(value);
    }
}

/// Observations: the sum in nanoseconds, and a count for each bucket, the last of which is beyond all bounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HistogramCell {
    /// Nanoseconds.
    bounds: &'static [u64],
    words: Words,
}

const NANOSECONDS: f64 = 1e9;

/// To the nearest nanosecond. What is negative, as the difference of two clocks can be, counts as zero: the sum of a
/// histogram is a counter. It saturates, at 292 years.
#[inline]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates at both ends")]
fn to_nanoseconds(seconds: f64) -> u64 {
    // `round` is a call on processors without an instruction for it.
    ((seconds * NANOSECONDS + 0.5) as u64).min(MAX_TO_SUM)
}

/// The bounds of a metric, for its cells: made once, and used for as long as the program runs.
pub(super) fn bounds_in_nanoseconds(bounds: &[f64]) -> &'static [u64] {
    Vec::leak(bounds.iter().copied().map(to_nanoseconds).collect())
}

impl HistogramCell {
    /// The sum, the buckets, and the one beyond.
    pub(super) const fn width(bounds: &[u64]) -> usize {
        SUM_WORDS + bounds.len() + 1
    }

    pub(crate) const fn new(words: Words, bounds: &'static [u64]) -> Self {
        Self { bounds, words }
    }

    #[inline(always)]
    pub(crate) fn record_nanoseconds(self, nanoseconds: u64) {
        // Most metrics have a bucket or two that most durations fall into, and the processor learns which.
        let bucket = self.bounds.iter().position(|bound| nanoseconds <= *bound).unwrap_or(self.bounds.len());
        self.words.observe(SUM_WORDS + bucket, nanoseconds);
    }

    /// The sum in nanoseconds, and the count of each bucket, not cumulative; `counts` is where they are read to. A page
    /// is made of what this has seen, and its count is that of the buckets: so it agrees with itself while threads go on.
    ///
    /// The sum is read first: each call whose duration it has is in the count, too.
    pub(crate) fn read(self, shards: &AllShards, counts: &mut Vec<u64>) -> u128 {
        counts.resize(self.bounds.len() + 1, 0);
        self.words.read(shards, counts)
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
    use std::sync::atomic::AtomicBool;

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
    fn a_gauge_shows_what_it_has_been() {
        const ROUNDS: usize = 30_000;
        let gauge = || GaugeCell::new(Words::allocate(GaugeCell::WIDTH).expect("there is room"));
        let (calls, set) = (gauge(), gauge());
        // Many shards, so that a reader takes its time.
        std::thread::scope(|scope| {
            for _ in 0..64 {
                scope.spawn(|| (calls.step(true), calls.step(false), std::thread::yield_now()));
            }
        });
        // Calls that start on one thread and end on another. Two fit into the queue, and each thread has one in hand.
        let (starts, ends) = std::sync::mpsc::sync_channel(2);
        let is_done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for _ in 0..ROUNDS {
                    calls.step(true);
                    starts.send(()).expect("the other thread takes them");
                }
            });
            let is_done = &is_done;
            scope.spawn(move || {
                for () in ends {
                    calls.step(false);
                }
                is_done.store(true, Ordering::Release);
            });
            scope.spawn(|| {
                while !is_done.load(Ordering::Acquire) {
                    set.set(0.0);
                    set.increment(100.0);
                }
            });
            while !is_done.load(Ordering::Acquire) {
                let (in_flight, value) = (calls.value(), set.value());
                assert!((0.0..=4.0).contains(&in_flight), "{in_flight} calls are in flight");
                assert!(value == 0.0 || (value - 100.0).abs() < f64::EPSILON, "{value} has never been set");
            }
        });
        assert_eq!(calls.value().to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn a_gauge_that_is_set_forgets_its_steps_exactly() {
        let gauge = GaugeCell::new(Words::allocate(GaugeCell::WIDTH).expect("there is room"));
        for (step, value) in [(3.0, 0.1), (1e15, 0.1), (-1e15, 0.3)] {
            gauge.increment(step);
            gauge.set(value);
            assert_eq!(gauge.value().to_bits(), value.to_bits());
        }
    }

    #[test]
    fn an_observation_falls_into_its_bucket() {
        let bounds = bounds_in_nanoseconds(&[0.1, 1.0, 10.0]);
        let words = Words::allocate(HistogramCell::width(bounds)).expect("there is room");
        let histogram = HistogramCell::new(words, bounds);
        for seconds in [0.05, 0.1, 0.100_000_1, 10.0, 11.0, -1.0, f64::NAN, f64::INFINITY] {
            histogram.record(seconds);
        }
        let mut counts = Vec::new();
        let mut shards = AllShards::default();
        shards.refresh();
        let sum = histogram.read(&shards, &mut counts);
        assert_eq!(counts, [3, 1, 1, 1]);
        assert_eq!(sum, 21_250_000_100, "what is negative counts as zero");
    }
}
