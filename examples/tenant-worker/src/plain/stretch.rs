//! A stretch of code that is measured.

use std::time::Instant;

use metrics::{counter, histogram};

use crate::metrics::unfinished;

/// Records a stretch of code when it is dropped, so that one that is cancelled or panics is counted too.
pub(crate) struct StretchGuard {
    histogram: &'static str,
    failures: Option<&'static str>,
    start: Instant,
    outcome: Option<&'static str>,
}

impl StretchGuard {
    pub(crate) fn start(histogram: &'static str, failures: Option<&'static str>) -> Self {
        Self { histogram, failures, start: Instant::now(), outcome: None }
    }

    pub(crate) fn end(mut self, outcome: &'static str) {
        self.outcome = Some(outcome);
    }
}

impl Drop for StretchGuard {
    fn drop(&mut self) {
        let outcome = self.outcome.unwrap_or_else(unfinished);
        histogram!(self.histogram, "outcome" => outcome).record(self.start.elapsed());
        if let Some(failures) = self.failures.filter(|_| outcome != "ok") {
            counter!(failures, "reason" => outcome).increment(1);
        }
    }
}
