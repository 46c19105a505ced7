//! Logs an outage once, not each failure.

use std::error::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::failure_text::failure_text;

/// The log of an operation that is repeated. It logs the first failure of each kind, and the recovery: during an outage the
/// log must not fill with one message.
#[derive(Debug)]
pub(crate) struct OutageLog {
    message: &'static str,
    outage: Mutex<Option<Outage>>,
}

#[derive(Debug)]
struct Outage {
    since: Instant,
    failures: u64,
    logged_kinds: Vec<&'static str>,
}

impl OutageLog {
    /// `message` says what does not work: "no job could be taken".
    pub(crate) const fn new(message: &'static str) -> Self {
        Self { message, outage: Mutex::new(None) }
    }

    /// Each kind of error has its own line.
    pub(crate) fn record_failure(&self, kind: &'static str, error: &dyn Error) {
        let mut outage = self.outage();
        let outage =
            outage.get_or_insert_with(|| Outage { since: Instant::now(), failures: 0, logged_kinds: Vec::new() });
        outage.failures += 1;
        if !outage.logged_kinds.contains(&kind) {
            outage.logged_kinds.push(kind);
            tracing::warn!("{}: {}", self.message, failure_text(error));
        }
    }

    pub(crate) fn record_success(&self) {
        if let Some(Outage { since, failures, .. }) = self.outage().take() {
            // The same level as the failure, so that a log which shows the one shows the other.
            tracing::warn!(
                "recovered after {:.0} s and {failures} {}: {}",
                since.elapsed().as_secs_f64(),
                if failures == 1 { "failure" } else { "failures" },
                self.message
            );
        }
    }

    fn outage(&self) -> MutexGuard<'_, Option<Outage>> {
        self.outage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
