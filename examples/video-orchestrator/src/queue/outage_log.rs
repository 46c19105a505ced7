//! What goes wrong again and again, and is logged once.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::failure_text;
use crate::queue::QueueError;

/// Something that is tried again and again. Its first failure of each kind is logged, and that it works again: in an outage
/// the log must not fill with one sentence.
#[derive(Debug)]
pub struct Trouble {
    what: &'static str,
    now: Mutex<Option<Now>>,
}

#[derive(Debug)]
struct Now {
    since: Instant,
    failures: u64,
    logged: Vec<&'static str>,
}

impl Trouble {
    /// `what` does not work: "no job could be taken".
    pub const fn new(what: &'static str) -> Self {
        Self { what, now: Mutex::new(None) }
    }

    pub fn has_failed(&self, error: &QueueError) {
        let mut now = self.now();
        let now = now.get_or_insert_with(|| Now { since: Instant::now(), failures: 0, logged: Vec::new() });
        now.failures += 1;
        let kind = error.kind();
        if !now.logged.contains(&kind) {
            now.logged.push(kind);
            tracing::warn!("{}: {}", self.what, failure_text::of(error));
        }
    }

    pub fn has_worked(&self) {
        if let Some(Now { since, failures, .. }) = self.now().take() {
            // As loud as the failure, so that who reads of the one reads of the other.
            tracing::warn!(
                "over, after {:.0} s and {failures} {}: {}",
                since.elapsed().as_secs_f64(),
                if failures == 1 { "failure" } else { "failures" },
                self.what
            );
        }
    }

    fn now(&self) -> MutexGuard<'_, Option<Now>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
