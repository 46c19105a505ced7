//! How long something takes.

use std::time::Instant;

use metrics::histogram;

/// Records its time when it is dropped, so that what is cancelled is counted too.
pub(crate) struct Timer {
    histogram: &'static str,
    start: Instant,
}

impl Timer {
    pub(crate) fn start(histogram: &'static str) -> Self {
        Self { histogram, start: Instant::now() }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        histogram!(self.histogram).record(self.start.elapsed());
    }
}
