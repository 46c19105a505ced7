//! The words in the row of a gauge, and what another process reads of them.
//!
//! A model checker explores the paths through this file: see `tests/model`.

pub(super) const UPS: usize = 0;
pub(super) const DOWNS: usize = 1;
/// The bits of the last value that was set.
pub(super) const SET: usize = 2;
/// The steps at that time.
pub(super) const STEPS_WHEN_SET: usize = 3;
/// Where other processes read the row: how often one of these two words has changed. It is odd while they do.
pub(super) const CHANGES: usize = 4;
/// When it was set, in nanoseconds since 1970.
pub(super) const SET_AT: usize = 5;

pub(super) const WIDTH: usize = 4;
/// The width of a row that other processes read.
pub(super) const SHARED_WIDTH: usize = 6;

/// How often the steps are read again if a step down came between. More than a few retries would need threads that do
/// nothing else.
pub(super) const MAX_READS: usize = 16;

/// The value that was set, and the steps since then.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_wrap, reason = "gauges are exact up to 2^53")]
pub(super) fn value_after(set: u64, before: u64, steps: u64) -> f64 {
    f64::from_bits(set) + steps.wrapping_sub(before) as i64 as f64
}

/// The value in the row of another process, which begins at `first`. `word` reads one of its words.
#[cfg(unix)]
pub(super) fn value_of_other(first: usize, word: impl Fn(usize) -> u64) -> f64 {
    let mut value = 0.0;
    // The downs before the ups, as `GaugeCell` reads them, and once more while the process sets the gauge. One that stopped
    // there is taken as it is.
    for _ in 0..MAX_READS {
        let changes = word(first + CHANGES);
        let (set, before) = (word(first + SET), word(first + STEPS_WHEN_SET));
        let downs = word(first + DOWNS);
        let ups = word(first + UPS);
        value = value_after(set, before, ups.wrapping_sub(downs));
        if changes.is_multiple_of(2) && changes == word(first + CHANGES) && downs == word(first + DOWNS) {
            break;
        }
        std::thread::yield_now();
    }
    value
}

/// When the gauge in the row of another process was set.
#[cfg(unix)]
pub(super) fn other_was_set_at(first: usize, word: impl Fn(usize) -> u64) -> u64 {
    word(first + SET_AT)
}
