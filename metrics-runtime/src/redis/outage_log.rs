//! Failures that repeat, and which of them are logged.

/// The failures since the last success. An outage must not fill the log with one line, so only the first failure of
/// each kind and the recovery are logged.
#[derive(Debug, Default)]
pub(super) struct OutageLog {
    failures: u64,
    logged_kinds: Vec<String>,
}

impl OutageLog {
    /// Counts a failure. `true` for the first one of its kind: the caller logs it.
    pub(super) fn record_failure(&mut self, kind: &str) -> bool {
        self.failures += 1;
        let is_first = !self.logged_kinds.iter().any(|logged| logged == kind);
        if is_first {
            self.logged_kinds.push(kind.to_owned());
        }
        is_first
    }

    /// Ends the outage, if there was one. Returns how many failures it had: the caller logs the recovery.
    pub(super) fn record_success(&mut self) -> Option<u64> {
        let failures = std::mem::take(self).failures;
        (failures > 0).then_some(failures)
    }
}
