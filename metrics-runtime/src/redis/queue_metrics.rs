//! The metrics of sampled queues.

use crate::{Gauge, Interned, declare_metrics};

/// A queue's name, as the label `queue`: 16 names have series, all further ones share the series `other`.
///
/// ```
/// use metrics_runtime::redis::Queue;
///
/// let queue = Queue::new("default");
/// assert_eq!(queue.as_str(), "default");
/// ```
// The type's name is a value on the page, too: `metrics_label_overflow_total{label="queue"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, crate::Label)]
#[label(max_values = 16, crate = crate)]
pub struct Queue(Interned);

declare_metrics! {
    crate = crate;

    /// Jobs that wait in the queue.
    ///
    /// [`sample_queues`](super::sample_queues) sets it. A program whose queue is not in Redis sets it itself:
    ///
    /// ```
    /// use metrics_runtime::redis::{QUEUE_DEPTH, Queue};
    ///
    /// QUEUE_DEPTH.with(Queue::new("in_memory")).set(3.0);
    /// ```
    pub gauge QUEUE_DEPTH = "queue_depth", labels(queue: Queue), join = latest;
    /// How long the oldest job in the queue has waited.
    gauge OLDEST_AGE = "queue_oldest_job_age_seconds", labels(queue: Queue), join = latest;
    /// Jobs of the queue that workers are processing.
    gauge PROCESSING_DEPTH = "queue_processing_depth", labels(queue: Queue), join = latest;
    /// The time since the oldest job that a worker is processing was enqueued.
    gauge PROCESSING_OLDEST_AGE = "queue_processing_oldest_job_age_seconds", labels(queue: Queue), join = latest;
    /// Jobs in the queue's dead-letter list.
    gauge DEAD_LETTER_DEPTH = "queue_dead_letter_depth", labels(queue: Queue), join = latest;
    /// The time since the oldest job in the queue's dead-letter list was enqueued.
    gauge DEAD_LETTER_OLDEST_AGE = "queue_dead_letter_oldest_job_age_seconds", labels(queue: Queue), join = latest;
    /// How long ago the queue was last sampled successfully.
    pub(super) gauge SAMPLE_AGE = "queue_sample_age_seconds", labels(queue: Queue), join = latest;
    /// Samples of the queue that failed.
    pub(super) counter SAMPLE_FAILURES = "queue_sample_failures_total", labels(queue: Queue);
}

/// The gauges of one list.
#[derive(Clone, Copy)]
pub(super) struct ListGauges {
    pub(super) depth: &'static Gauge<(Queue,)>,
    /// The age of the oldest job, in seconds.
    pub(super) oldest_age: &'static Gauge<(Queue,)>,
}

/// The gauges of a queue's lists: waiting, processing, dead letter.
pub(super) const LIST_GAUGES: [ListGauges; 3] = [
    ListGauges { depth: &QUEUE_DEPTH, oldest_age: &OLDEST_AGE },
    ListGauges { depth: &PROCESSING_DEPTH, oldest_age: &PROCESSING_OLDEST_AGE },
    ListGauges { depth: &DEAD_LETTER_DEPTH, oldest_age: &DEAD_LETTER_OLDEST_AGE },
];
