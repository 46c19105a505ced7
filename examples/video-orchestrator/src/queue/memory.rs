//! The queues in memory.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use metrics_runtime::TraceContext;
use metrics_runtime::redis::WeightedRoundRobin;
use tokio::sync::Notify;

use super::priority::Priority;

/// A job that waits.
#[derive(Debug)]
pub(crate) struct WaitingJob {
    pub(crate) entry: String,
    /// The span of the first attempt, where there was one.
    pub(crate) first_attempt: Option<TraceContext>,
}

/// Jobs in memory; they are lost when the process ends.
#[derive(Debug)]
pub(crate) struct MemoryQueue {
    jobs: Mutex<[VecDeque<WaitingJob>; 3]>,
    round_robin: WeightedRoundRobin,
    pushed: Notify,
}

impl MemoryQueue {
    pub(crate) fn new() -> Self {
        Self { jobs: Mutex::default(), round_robin: Priority::round_robin(), pushed: Notify::new() }
    }

    pub(crate) fn push(&self, entry: String, priority: Priority) {
        self.jobs()[priority as usize].push_back(WaitingJob { entry, first_attempt: None });
        self.pushed.notify_one();
    }

    /// Puts a job back in front.
    pub(crate) fn put_back(&self, job: WaitingJob, priority: Priority) {
        self.jobs()[priority as usize].push_front(job);
        self.pushed.notify_one();
    }

    pub(crate) async fn pop(&self, max_wait: Duration) -> Option<(Priority, WaitingJob)> {
        let first = self.pop_now();
        if first.is_some() {
            return first;
        }
        // A notification may be left over from a job that was taken since, so `None` can be returned early.
        let _ = tokio::time::timeout(max_wait, self.pushed.notified()).await;
        self.pop_now()
    }

    fn pop_now(&self) -> Option<(Priority, WaitingJob)> {
        let mut jobs = self.jobs();
        Priority::order(&self.round_robin).find_map(|priority| Some((priority, jobs[priority as usize].pop_front()?)))
    }

    pub(crate) fn len(&self, priority: Priority) -> u64 {
        self.jobs()[priority as usize].len() as u64
    }

    fn jobs(&self) -> MutexGuard<'_, [VecDeque<WaitingJob>; 3]> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
