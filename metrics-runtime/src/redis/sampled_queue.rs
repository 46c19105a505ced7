//! The Redis lists of one queue.

use super::queue_metrics::{LIST_GAUGES, ListGauges, Queue};

/// The lists of one queue, for [`sample_queues`](super::sample_queues).
///
/// In each list the oldest job is in front: jobs are pushed with `RPUSH` and taken with `LPOP` or `LMOVE … LEFT …`.
///
/// ```
/// use metrics_runtime::redis::SampledQueue;
///
/// let queue = SampledQueue::new("default", "jobs").processing("jobs:processing").dead_letter("jobs:dead");
/// # let _ = queue;
/// ```
#[derive(Clone, Debug)]
pub struct SampledQueue {
    pub(super) name: Queue,
    /// Waiting, processing, dead letter.
    keys: [Option<String>; 3],
}

impl SampledQueue {
    /// A queue with this name, whose waiting jobs are in the list at `key`. In the whole program 16 names have series:
    /// see [`Queue`].
    #[must_use]
    pub fn new(name: &str, key: impl Into<String>) -> Self {
        Self { name: Queue::new(name), keys: [Some(key.into()), None, None] }
    }

    /// The key of the list of jobs that workers are processing.
    #[must_use]
    pub fn processing(mut self, key: impl Into<String>) -> Self {
        self.keys[1] = Some(key.into());
        self
    }

    /// The key of the list of jobs that workers have given up.
    #[must_use]
    pub fn dead_letter(mut self, key: impl Into<String>) -> Self {
        self.keys[2] = Some(key.into());
        self
    }

    /// The keys of the lists that the queue has, each with its gauges.
    pub(super) fn lists(&self) -> impl Iterator<Item = (&String, ListGauges)> {
        self.keys.iter().zip(LIST_GAUGES).filter_map(|(key, gauges)| Some((key.as_ref()?, gauges)))
    }
}
