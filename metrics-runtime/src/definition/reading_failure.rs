//! How often gauges could not be looked up for a page. The page shows it, so it is below the recorder.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Why a gauge could not be looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, metrics_macros::Label)]
#[label(crate = crate)]
pub(crate) enum ReadingFailure {
    /// The function of the program panicked.
    Panic,
    /// The function did not return in time, or was not reached in time.
    Timeout,
}

/// Whether the program has such gauges.
static IS_USED: AtomicBool = AtomicBool::new(false);

static COUNTS: [AtomicU64; 2] = [const { AtomicU64::new(0) }; 2];

impl ReadingFailure {
    /// From now on the page shows the counts.
    pub(crate) fn begin() {
        IS_USED.store(true, Ordering::Relaxed);
    }

    /// Counts a failure.
    pub(crate) fn record(self) {
        COUNTS[self as usize].fetch_add(1, Ordering::Relaxed);
    }
}

/// The failures for the reason with this index; `None` if the program looks up no gauges.
#[allow(clippy::cast_precision_loss, reason = "it is exact for more failures than there will be")]
pub(crate) fn reading_failures(reason: usize) -> Option<f64> {
    let count = COUNTS.get(reason)?.load(Ordering::Relaxed);
    IS_USED.load(Ordering::Relaxed).then_some(count as f64)
}
