//! The lease of a job.

use std::time::Duration;

/// The longest that a job which has failed waits.
const MAX_RETRY_DELAY: Duration = Duration::from_secs(600);

/// How long a worker keeps a job, and how often a job is tried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lease {
    /// How long after its last renewal a worker counts as lost.
    pub(crate) time: Duration,
    pub(crate) attempts: u32,
    /// How long a job waits after it has failed for the first time; it doubles with each attempt.
    pub(crate) retry_delay: Duration,
}

impl Lease {
    /// How long a job waits after this attempt has failed.
    pub(crate) fn retry_delay_after(&self, attempt: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        // Redis does not take an expiry of zero.
        self.retry_delay.saturating_mul(doubled).clamp(Duration::from_millis(1), MAX_RETRY_DELAY)
    }
}
