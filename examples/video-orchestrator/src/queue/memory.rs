//! The queue of one process.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// Jobs in memory; they end with the process.
#[derive(Debug, Default)]
pub struct Memory {
    jobs: Mutex<VecDeque<String>>,
    pushed: Notify,
}

impl Memory {
    pub fn push(&self, job: String) {
        self.jobs().push_back(job);
        self.pushed.notify_one();
    }

    pub async fn pop(&self, patience: Duration) -> Option<String> {
        let first = self.jobs().pop_front();
        if first.is_some() {
            return first;
        }
        // The news of a job that is gone already may still be waiting, so an answer of `None` can come early.
        let _ = tokio::time::timeout(patience, self.pushed.notified()).await;
        self.jobs().pop_front()
    }

    pub fn len(&self) -> u64 {
        self.jobs().len() as u64
    }

    fn jobs(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
