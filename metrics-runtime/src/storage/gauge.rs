//! The gauge of one series.
//!
//! A model checker explores the paths through this file: see `tests/model`.

use super::row::Row;
use super::set_lock;
use super::sync::Ordering;

/// A value that goes up and down: the last value that was set, and the whole steps since then.
///
/// Calls in flight go up and down by one, on many threads. Those steps are counted by shard, the ups apart from the downs,
/// so that a reader can tell which came first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GaugeCell(Row);

const UPS: usize = 0;
const DOWNS: usize = 1;
/// The bits of the last value that was set.
const SET: usize = 2;
/// The steps at that time.
const STEPS_WHEN_SET: usize = 3;
/// Up to here every whole number is exact.
const MAX_STEP: f64 = 9_007_199_254_740_992.0;
/// How often the steps are read again if a step down came between. More than a few retries would need threads that do
/// nothing else.
const MAX_READS: usize = 16;

impl GaugeCell {
    pub(crate) const WIDTH: usize = 4;

    pub(crate) const fn new(row: Row) -> Self {
        // All bits zero is the number zero.
        Self(row)
    }

    pub(crate) fn value(self) -> f64 {
        // `set` changes two words.
        let _lock = set_lock::lock();
        self.value_under_lock()
    }

    #[allow(clippy::cast_precision_loss, clippy::cast_possible_wrap, reason = "gauges are exact up to 2^53")]
    fn value_under_lock(self) -> f64 {
        let [set, before] = [SET, STEPS_WHEN_SET].map(|word| self.0.shared_word(word).load(Ordering::Acquire));
        f64::from_bits(set) + self.steps().wrapping_sub(before) as i64 as f64
    }

    fn set_under_lock(self, value: f64) {
        // Steps that come at the same time count from the new value on.
        let steps = self.steps();
        for (word, value) in [(SET, value.to_bits()), (STEPS_WHEN_SET, steps)] {
            self.0.shared_word(word).store(value, Ordering::Release);
        }
    }

    /// The ups less the downs, as a number that wraps around.
    ///
    /// The downs are read first: for each down that is seen, its up is seen too, in whichever shard that was counted. So a
    /// number of calls is never negative. The downs are then read again: if there are no more of them, the result is a
    /// value that the gauge really had, and not one with ups that came long after the downs.
    fn steps(self) -> u64 {
        let mut downs = self.0.sum(DOWNS);
        for _ in 0..MAX_READS {
            let ups = self.0.sum(UPS);
            let later = self.0.sum(DOWNS);
            if later == downs {
                return ups.wrapping_sub(downs);
            }
            downs = later;
        }
        self.0.sum(UPS).wrapping_sub(downs)
    }

    /// One step up or down.
    #[inline]
    pub(crate) fn step(self, up: bool) {
        self.0.add(if up { UPS } else { DOWNS }, 1);
    }

    pub(crate) fn add(self, value: f64) {
        if value.abs() <= MAX_STEP && value.fract() == 0.0 {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is whole, and not negative"
            )]
            self.0.add(if value > 0.0 { UPS } else { DOWNS }, value.abs() as u64);
            return;
        }
        let _lock = set_lock::lock();
        self.set_under_lock(self.value_under_lock() + value);
    }

    pub(crate) fn set(self, value: f64) {
        let _lock = set_lock::lock();
        self.set_under_lock(value);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    #[test]
    fn a_gauge_is_set_and_stepped() {
        let gauge = GaugeCell::new(Row::allocate(GaugeCell::WIDTH).expect("there is room"));
        gauge.add(3.0);
        gauge.add(-1.0);
        assert_eq!(gauge.value().to_bits(), 2.0_f64.to_bits());
        gauge.set(-1.5);
        gauge.add(0.25);
        gauge.add(2.0);
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
                        gauge.add(1.0);
                        gauge.add(-1.0);
                    }
                });
            }
        });
        assert_eq!(gauge.value().to_bits(), 4.0_f64.to_bits());
    }

    #[test]
    fn a_gauge_shows_what_it_has_been() {
        const ROUNDS: usize = 30_000;
        let gauge = || GaugeCell::new(Row::allocate(GaugeCell::WIDTH).expect("there is room"));
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
                    set.add(100.0);
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
        let gauge = GaugeCell::new(Row::allocate(GaugeCell::WIDTH).expect("there is room"));
        for (step, value) in [(3.0, 0.1), (1e15, 0.1), (-1e15, 0.3)] {
            gauge.add(step);
            gauge.set(value);
            assert_eq!(gauge.value().to_bits(), value.to_bits());
        }
    }
}
