//! The jobs that wait.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Jobs, first in, first out.
#[derive(Debug)]
pub struct Queue<J> {
    jobs: Mutex<VecDeque<J>>,
    filled: Instant,
}

impl<J> Queue<J> {
    /// A queue with these jobs.
    #[must_use]
    pub fn new(jobs: Vec<J>) -> Self {
        Self { jobs: Mutex::new(jobs.into()), filled: Instant::now() }
    }

    /// The next job, and how long it has waited.
    pub fn take(&self) -> Option<(J, Duration)> {
        Some((self.lock().pop_front()?, self.filled.elapsed()))
    }

    /// How many jobs wait, and how many tenants wait for one.
    pub fn waiting<K: Ord>(&self, tenant: impl Fn(&J) -> K) -> (usize, usize) {
        let jobs = self.lock();
        (jobs.len(), jobs.iter().map(tenant).collect::<BTreeSet<_>>().len())
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<J>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
