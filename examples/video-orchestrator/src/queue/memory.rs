//! The queues of one process.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use metrics_runtime::redis::WeightedRoundRobin;
use tokio::sync::Notify;

use super::Priority;

/// Jobs in memory; they end with the process.
#[derive(Debug)]
pub struct Memory {
    jobs: Mutex<[VecDeque<String>; 3]>,
    turns: WeightedRoundRobin,
    pushed: Notify,
}

impl Memory {
    /// Without any jobs.
    pub fn new() -> Self {
        Self { jobs: Mutex::default(), turns: Priority::turns(), pushed: Notify::new() }
    }

    pub fn push(&self, job: String, priority: Priority) {
        self.jobs()[priority as usize].push_back(job);
        self.pushed.notify_one();
    }

    pub async fn pop(&self, patience: Duration) -> Option<(Priority, String)> {
        let first = self.pop_now();
        if first.is_some() {
            return first;
        }
        // The news of a job that is gone already may still be waiting, so an answer of `None` can come early.
        let _ = tokio::time::timeout(patience, self.pushed.notified()).await;
        self.pop_now()
    }

    fn pop_now(&self) -> Option<(Priority, String)> {
        let mut jobs = self.jobs();
        Priority::order(&self.turns).find_map(|priority| Some((priority, jobs[priority as usize].pop_front()?)))
    }

    pub fn len(&self, priority: Priority) -> u64 {
        self.jobs()[priority as usize].len() as u64
    }

    fn jobs(&self) -> MutexGuard<'_, [VecDeque<String>; 3]> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
