//! The queue of jobs, in memory or in Redis.

use std::sync::Arc;
use std::time::Duration;

use metrics_runtime::redis::{QUEUE_DEPTH, Queue};
use metrics_runtime::{TraceContext, counted};
use tracing::Instrument as _;

use super::delivery::{Completion, Delivery, JobFailure, Verdict};
use super::entry;
use super::error::QueueError;
use super::memory::{MemoryQueue, WaitingJob};
use super::metrics::{JOB_WAIT, JOBS_COMPLETED, JOBS_SUPERSEDED, JOBS_VANISHED};
use super::priority::Priority;
use super::redis::RedisQueue;
use crate::jobs::Job;
use crate::traces::{self, GivenTrace};

/// Where jobs wait, one queue for each priority.
#[derive(Debug)]
pub(crate) enum JobQueue {
    Memory(MemoryQueue),
    Redis(Box<RedisQueue>),
}

impl JobQueue {
    /// Puts a job at the end of a queue. Its trace goes with it: the span of this call, or the one that was given where traces are off.
    pub(crate) async fn add(&self, job: &Job, priority: Priority) -> Result<(), QueueError> {
        let span = tracing::info_span!(
            "enqueue",
            otel.kind = "producer",
            run_id = job.run_id,
            job_id = job.job_id,
            queue = priority.as_str(),
        );
        if job.traceparent == GivenTrace::Invalid {
            tracing::warn!("the `traceparent` of the job {} is invalid, and is ignored", job.name());
        }
        let parent = job.traceparent.parent();
        if let Some(parent) = parent {
            traces::set_parent(&span, parent);
        }
        let job = job.with_parent(traces::context_of(&span).or(parent));
        traces::watched(self.enqueue(entry::wrap(&job), priority)).instrument(span).await
    }

    #[counted(counter = "jobs_enqueued_total", on = ok, description = "Jobs that were put into the queue.")]
    async fn enqueue(&self, entry: String, priority: Priority) -> Result<(), QueueError> {
        match self {
            Self::Memory(memory) => {
                memory.push(entry, priority);
                Ok(())
            }
            Self::Redis(redis) => redis.push(&entry, priority).await,
        }
    }

    /// Takes a job; waits up to `max_wait` for one.
    pub(crate) async fn take(&self, max_wait: Duration) -> Result<Option<Delivery>, QueueError> {
        let delivery = match self {
            Self::Memory(memory) => {
                memory.pop(max_wait).await.map(|(priority, WaitingJob { entry, first_attempt })| {
                    let entry::Content { text, enqueued_at, .. } = entry::unwrap(&entry);
                    let text = text.into_owned();
                    Delivery { priority, text, attempt: 1, enqueued_at, is_first: true, first_attempt, entry: None }
                })
            }
            Self::Redis(redis) => redis.take(max_wait).await?,
        };
        if let Some(Delivery { priority, enqueued_at: Some(time), is_first: true, .. }) = &delivery {
            // The clock of another machine may be ahead.
            JOB_WAIT.with(*priority).observe(time.elapsed().unwrap_or_default().as_secs_f64());
        }
        Ok(delivery)
    }

    /// Keeps the span of a job's first attempt with the job, where the next worker finds it, whatever happens to this one.
    pub(crate) async fn keep_first_attempt(&self, delivery: &mut Delivery, span: TraceContext) {
        delivery.first_attempt = Some(span);
        if let (Self::Redis(redis), Some(entry)) = (self, &delivery.entry) {
            redis.keep_first_attempt_or_warn(entry, span).await;
        }
    }

    /// Reports that a job is done.
    pub(crate) async fn complete(&self, delivery: &Delivery, completion: &Completion) -> Result<Verdict, QueueError> {
        let verdict = match (self, &delivery.entry) {
            (Self::Redis(redis), Some(entry)) => redis.complete(delivery, entry, completion).await?,
            _ => Verdict::Accepted,
        };
        // Counted here and not in the worker: a job that another worker has is done and counted there.
        let counter = match verdict {
            Verdict::Accepted => &JOBS_COMPLETED,
            Verdict::Superseded => &JOBS_SUPERSEDED,
            Verdict::Vanished => &JOBS_VANISHED,
        };
        counter.increment(1);
        Ok(verdict)
    }

    /// Reports that a job has failed: it is tried again, unless this was its last attempt.
    pub(crate) async fn fail(&self, delivery: &Delivery, failure: &JobFailure) -> Result<Verdict, QueueError> {
        match (self, &delivery.entry) {
            (Self::Redis(redis), Some(entry)) => redis.fail(delivery, entry, failure, false).await,
            _ => Ok(Verdict::Accepted),
        }
    }

    /// Gives a job back that the worker could not do for reasons of its own: it is the next one of its queue, and the attempt does
    /// not count.
    pub(crate) async fn release(&self, delivery: &Delivery) -> Result<Verdict, QueueError> {
        match (self, &delivery.entry) {
            (Self::Redis(redis), Some(entry)) => redis.release(delivery, entry).await,
            (Self::Memory(memory), _) => {
                // Without its envelope: how long it had waited is known already.
                let job = WaitingJob { entry: delivery.text.clone(), first_attempt: delivery.first_attempt };
                memory.put_back(job, delivery.priority);
                Ok(Verdict::Accepted)
            }
            _ => Ok(Verdict::Accepted),
        }
    }

    /// Gives up a text that is not a job, without more attempts.
    pub(crate) async fn reject(&self, delivery: &Delivery, failure: &JobFailure) -> Result<Verdict, QueueError> {
        match (self, &delivery.entry) {
            (Self::Redis(redis), Some(entry)) => redis.fail(delivery, entry, failure, true).await,
            _ => Ok(Verdict::Accepted),
        }
    }

    /// Keeps a job until this future is dropped, so that no other worker takes it.
    pub(crate) async fn hold(self: Arc<Self>, delivery: Delivery) {
        if let (Self::Redis(redis), Some(entry)) = (&*self, &delivery.entry) {
            redis.keep_renewing(entry).await;
        }
    }

    /// Puts the jobs of lost workers back, from time to time.
    pub(crate) async fn keep_returning(self: Arc<Self>) {
        if let Self::Redis(redis) = &*self {
            redis.keep_returning().await;
        }
    }

    /// Checks that the queue can be used.
    pub(crate) async fn check(&self) -> Result<(), QueueError> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Redis(redis) => redis.check().await,
        }
    }

    /// How many jobs wait.
    pub(crate) async fn len(&self) -> Result<u64, QueueError> {
        match self {
            Self::Memory(memory) => Ok(Priority::ALL.iter().map(|priority| memory.len(*priority)).sum()),
            Self::Redis(redis) => redis.len().await,
        }
    }

    /// Sets the gauges of the queues that are in memory.
    pub(crate) fn show_depth(&self) {
        let Self::Memory(memory) = self else { return };
        for priority in Priority::ALL {
            // A gauge is exact up to 2^53, which is more jobs than any memory holds.
            #[allow(clippy::cast_precision_loss)]
            QUEUE_DEPTH.with(Queue::new(priority.as_str())).set(memory.len(priority) as f64);
        }
    }

    /// Keeps the gauges of the queues up to date.
    pub(crate) async fn keep_sampling(self: Arc<Self>, interval: Duration) {
        if let Self::Redis(redis) = &*self {
            return redis.sampler().interval(interval).enqueued_at(entry::enqueued_at).run().await;
        }
        let mut ticks = tokio::time::interval(interval);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.show_depth();
        }
    }
}
