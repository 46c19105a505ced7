//! The roads by which the page leaves the program, and how each is doing. The page shows it, so it is below the recorder.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// A road by which the page leaves the program without a scrape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, metrics_macros::Label)]
#[label(crate = crate)]
#[allow(dead_code, reason = "the roads are features, and the label has the same values in each program")]
pub(crate) enum ExportRoad {
    /// OTLP over HTTP.
    Otlp,
    /// A Pushgateway.
    Push,
    /// A file.
    Textfile,
}

/// How a road is doing, since its thread was started.
#[derive(Clone, Copy, Debug)]
struct State {
    failures: u64,
    /// Before the first success: when the road began.
    last_success: Instant,
}

static STATES: Mutex<[Option<State>; 3]> = Mutex::new([None; 3]);

fn states() -> MutexGuard<'static, [Option<State>; 3]> {
    STATES.lock().unwrap_or_else(PoisonError::into_inner)
}

#[allow(dead_code, reason = "only our own page reads and changes them")]
impl ExportRoad {
    /// Its name, as the label has it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Otlp => "otlp",
            Self::Push => "push",
            Self::Textfile => "textfile",
        }
    }

    /// From now on the page shows how the road is doing.
    pub(crate) fn begin(self) {
        states()[self as usize].get_or_insert(State { failures: 0, last_success: Instant::now() });
    }

    pub(crate) fn record_success(self) {
        if let Some(state) = &mut states()[self as usize] {
            state.last_success = Instant::now();
        }
    }

    pub(crate) fn record_failure(self) {
        if let Some(state) = &mut states()[self as usize] {
            state.failures += 1;
        }
    }
}

/// How often the road with this index has failed; `None` if the program does not use it.
#[allow(clippy::cast_precision_loss, reason = "it is exact for more failures than there will be")]
pub(crate) fn export_failures(road: usize) -> Option<f64> {
    states().get(road).copied().flatten().map(|state| state.failures as f64)
}

/// The seconds since the last success of the road with this index; `None` if the program does not use it.
pub(crate) fn export_age(road: usize) -> Option<f64> {
    states().get(road).copied().flatten().map(|state| state.last_success.elapsed().as_secs_f64())
}
