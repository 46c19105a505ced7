//! The gauge of one series.
//!
//! A model checker explores the paths through this file: see `tests/model`.

use super::gauge_row::{CHANGES, DOWNS, MAX_READS, SET, SET_AT, SHARED_WIDTH, STEPS_WHEN_SET, UPS, WIDTH, value_after};
use super::memory;
use super::row::{AllShards, OwnShard, Row};
use super::set_lock;
use super::sync::Ordering;

/// A value that goes up and down: the last value that was set, and the whole steps since then.
///
/// Calls in flight go up and down by one, on many threads. Those steps are counted by shard, the ups apart from the downs,
/// so that a reader can tell which came first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GaugeCell(Row);

/// Up to here every whole number is exact.
const MAX_STEP: f64 = 9_007_199_254_740_992.0;

/// What a page shows of some gauges, and buffers for it.
#[derive(Debug, Default)]
pub(crate) struct GaugeValues {
    ups: Vec<u64>,
    downs: Vec<u64>,
    later: Vec<u64>,
    values: Vec<f64>,
}

impl GaugeValues {
    /// The value of one of them.
    pub(crate) fn get(&self, at: usize) -> Option<f64> {
        self.values.get(at).copied()
    }
}

impl GaugeCell {
    pub(crate) const WIDTH: usize = WIDTH;
    /// The width of a row that other processes read.
    pub(crate) const SHARED_WIDTH: usize = SHARED_WIDTH;

    pub(crate) const fn new(row: Row) -> Self {
        // All bits zero is the number zero.
        Self(row)
    }

    fn value_at(self, steps: u64) -> f64 {
        let [set, before] = [SET, STEPS_WHEN_SET].map(|word| self.0.shared_word(word).load(Ordering::Acquire));
        value_after(set, before, steps)
    }

    /// Sets the value at these steps. Steps that come at the same time count from the new value on.
    fn set_at(self, steps: u64, value: f64) {
        let changes = memory::is_shared().then(|| self.0.shared_word(CHANGES));
        // `AcqRel`: the other two words change between the two changes of this one.
        changes.inspect(|changes| _ = changes.fetch_add(1, Ordering::AcqRel));
        for (word, value) in [(SET, value.to_bits()), (STEPS_WHEN_SET, steps)] {
            self.0.shared_word(word).store(value, Ordering::Release);
        }
        changes.inspect(|changes| _ = changes.fetch_add(1, Ordering::AcqRel));
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

    /// Reads the gauges in these rows, as [`steps`](Self::steps) does.
    pub(crate) fn read(shards: &mut AllShards, rows: &[Row], values: &mut GaugeValues) {
        let GaugeValues { ups, downs, later, values } = values;
        // `set` changes two words.
        let _lock = set_lock::lock();
        shards.read_words(rows, DOWNS, downs);
        // The shard of a thread that has come meanwhile may hold the ups of these downs.
        shards.refresh();
        shards.read_words(rows, UPS, ups);
        shards.refresh();
        shards.read_words(rows, DOWNS, later);
        values.clear();
        let steps = ups.iter().zip(downs.iter().zip(later.iter()));
        values.extend(rows.iter().map(|row| Self(*row)).zip(steps).map(|(gauge, (ups, (downs, later)))| {
            let steps = if downs == later { ups.wrapping_sub(*downs) } else { gauge.steps() };
            gauge.value_at(steps)
        }));
    }

    /// One step up or down, in the shard of this thread.
    #[inline(always)]
    pub(crate) fn step_in(self, own: OwnShard, up: bool) {
        self.0.add_in(own, if up { UPS } else { DOWNS }, 1);
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
        // The steps are read once: a step between two reads would be neither in the old value nor after the new one.
        let steps = self.steps();
        self.set_at(steps, self.value_at(steps) + value);
    }

    pub(crate) fn set(self, value: f64) {
        let _lock = set_lock::lock();
        self.set_at(self.steps(), value);
        if memory::is_shared() {
            self.0.shared_word(SET_AT).store(memory::now(), Ordering::Release);
        }
    }

    /// When it was set, in nanoseconds since 1970; zero if it was not, or if other processes do not read it.
    #[cfg(unix)]
    pub(crate) fn was_set_at(self) -> u64 {
        if memory::is_shared() { self.0.shared_word(SET_AT).load(Ordering::Acquire) } else { 0 }
    }
}
