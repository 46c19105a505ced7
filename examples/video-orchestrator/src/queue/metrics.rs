//! The metrics of the queue that are recorded by hand.

use metrics_runtime::declare_metrics;

use super::priority::Priority;

declare_metrics! {
    /// How long a job had waited when a worker first took it.
    pub(crate) histogram JOB_WAIT = "job_wait_seconds", labels(queue: Priority),
        buckets(1, 5, 10, 30, 60, 300, 600, 1800, 3600);
    /// Jobs that were done, and that the queue has accepted as done.
    pub(crate) counter JOBS_COMPLETED = "jobs_completed_total";
    /// Jobs that were done after their lease had run out, when another worker had them.
    pub(crate) counter JOBS_SUPERSEDED = "jobs_superseded_total";
    /// Jobs that were done, and that were on no list of the queue any more: somebody had removed them.
    pub(crate) counter JOBS_VANISHED = "jobs_vanished_total";
    /// Jobs that were put back into the queue because their worker was lost.
    pub(crate) counter JOBS_RETURNED = "jobs_returned_total", labels(queue: Priority);
    /// Jobs that were given up, and put into the dead-letter list.
    pub(crate) counter JOBS_DEAD_LETTERED = "jobs_dead_lettered_total", labels(queue: Priority);
}
