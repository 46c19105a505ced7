//! Where jobs wait: in memory, or in Redis lists that many workers share.

mod priority;
mod entry;
mod memory;
mod redis;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use metrics_runtime::redis::{ErrorKind, QUEUE_DEPTH, Queue as Name};
use metrics_runtime::{Failure, counted, declare_metrics};

use crate::job::Job;
pub use memory::Memory;
pub use priority::Priority;
pub use redis::{Lease, Redis};

declare_metrics! {
    /// How long a job had waited when a worker first took it.
    histogram JOB_WAIT = "job_wait_seconds", labels(queue: Priority),
        buckets(1, 5, 10, 30, 60, 300, 600, 1800, 3600);
    /// Jobs that were done, and that the queue has taken note of.
    counter JOBS_COMPLETED = "jobs_completed_total";
    /// Jobs that were done when they were another worker's already: their lease had run out.
    counter JOBS_SUPERSEDED = "jobs_superseded_total";
    /// Jobs that were put back into the queue because their worker was lost.
    counter JOBS_RETURNED = "jobs_returned_total", labels(queue: Priority);
    /// Jobs that were given up, and put into the dead-letter list.
    counter JOBS_DEAD_LETTERED = "jobs_dead_lettered_total", labels(queue: Priority);
}

/// Where jobs wait.
#[derive(Debug)]
pub enum Queue {
    Memory(Memory),
    Redis(Box<Redis>),
}

/// A job that a worker has in hand.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub priority: Priority,
    /// The text of the job.
    pub text: String,
    /// How often it was taken, this time included.
    pub attempt: u32,
    enqueued_at: Option<SystemTime>,
    /// What Redis knows it by.
    entry: Option<redis::Taken>,
}

/// A job that is done. The queue may have to be told twice, and knows it again by all of this.
#[derive(Clone, Debug)]
pub struct Done {
    name: String,
    /// Milliseconds since 1970.
    at: u64,
}

impl Done {
    /// The job with this name is done now.
    pub fn now(name: String) -> Self {
        Self { name, at: entry::now() }
    }
}

/// A job that has failed, of which the same holds.
#[derive(Clone, Debug)]
pub struct Failed {
    error: String,
    /// Milliseconds since 1970.
    at: u64,
}

impl Failed {
    /// The job has failed now, of this.
    pub fn now(error: String) -> Self {
        Self { error, at: entry::now() }
    }
}

/// Why the queue does not do as it was told.
#[derive(Debug, thiserror::Error, Failure)]
pub enum QueueError {
    #[error("Redis at {url} cannot be used")]
    #[failure(source)]
    Redis { url: String, source: ::redis::RedisError },
    #[error("`{given}` is `{url}`, which is no address of a Redis server; write one such as `redis://127.0.0.1:6379`")]
    #[failure(source)]
    Address { given: &'static str, url: String, source: ::redis::RedisError },
    #[error(
        "the key `{key}` in Redis at {url} holds a {found}, and the program keeps a {meant} there; rename it, or delete it"
    )]
    #[failure(source)]
    WrongType { key: String, url: String, found: String, meant: &'static str, source: ::redis::RedisError },
    #[error("Redis at {url} gives a job that is no text")]
    #[failure(error)]
    NoText { url: String },
}

impl QueueError {
    /// What kind of error it is: each is worth a line of its own in the log.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Redis { source, .. } => ErrorKind::of(source).as_str(),
            Self::Address { .. } => "address",
            Self::WrongType { .. } => "wrong type",
            Self::NoText { .. } => "no text",
        }
    }

    /// Whether it may be over in a while: Redis is away, or is not ready yet.
    pub fn may_pass(&self) -> bool {
        let Self::Redis { source, .. } = self else { return false };
        matches!(ErrorKind::of(source), ErrorKind::Connection | ErrorKind::Timeout)
            || source.kind() == ::redis::ErrorKind::Server(::redis::ServerErrorKind::BusyLoading)
    }
}

impl Queue {
    /// Puts a job at the end of a queue.
    #[counted(counter = "jobs_enqueued_total", on = ok, description = "Jobs that were put into the queue.")]
    pub async fn enqueue(&self, job: &Job, priority: Priority) -> Result<(), QueueError> {
        match self {
            Self::Memory(memory) => {
                memory.push(entry::wrap(job), priority);
                Ok(())
            }
            Self::Redis(redis) => redis.push(&entry::wrap(job), priority).await,
        }
    }

    /// Takes a job; waits up to a time for one to come.
    pub async fn take(&self, patience: Duration) -> Result<Option<Delivery>, QueueError> {
        let delivery = match self {
            Self::Memory(memory) => memory.pop(patience).await.map(|(priority, entry)| {
                let (text, enqueued_at) = entry::unwrap(&entry);
                Delivery { priority, text: text.to_owned(), attempt: 1, enqueued_at, entry: None }
            }),
            Self::Redis(redis) => redis.take(patience).await?,
        };
        if let Some(Delivery { priority, enqueued_at: Some(time), attempt: 1, .. }) = &delivery {
            // Another machine's clock may be ahead.
            JOB_WAIT.with(*priority).observe(time.elapsed().unwrap_or_default().as_secs_f64());
        }
        Ok(delivery)
    }

    /// Says that a job is done. `false`: it was not this worker's any more.
    pub async fn complete(&self, delivery: &Delivery, done: &Done) -> Result<bool, QueueError> {
        let is_accepted = match (self, &delivery.entry) {
            (Self::Redis(redis), Some(taken)) => redis.complete(delivery, taken, done).await?,
            _ => true,
        };
        // Counted here and not where the job is done: what the queue does not accept another worker does, and counts.
        let counter = if is_accepted { &JOBS_COMPLETED } else { &JOBS_SUPERSEDED };
        counter.increment(1);
        Ok(is_accepted)
    }

    /// Says that a job has failed: it is tried again, unless it was tried often enough. `false`: it was not this worker's
    /// any more.
    pub async fn fail(&self, delivery: &Delivery, failed: &Failed) -> Result<bool, QueueError> {
        match (self, &delivery.entry) {
            (Self::Redis(redis), Some(taken)) => redis.fail(delivery, taken, failed, false).await,
            _ => Ok(true),
        }
    }

    /// Gives up what is no job and never will be.
    pub async fn reject(&self, delivery: &Delivery, failed: &Failed) -> Result<bool, QueueError> {
        match (self, &delivery.entry) {
            (Self::Redis(redis), Some(taken)) => redis.fail(delivery, taken, failed, true).await,
            _ => Ok(true),
        }
    }

    /// Holds a job until this is dropped, so that nobody else takes it.
    pub async fn hold(self: Arc<Self>, delivery: Delivery) {
        if let (Self::Redis(redis), Some(taken)) = (&*self, &delivery.entry) {
            redis.keep_renewing(taken).await;
        }
    }

    /// Puts back, again and again, the jobs of workers that were lost.
    pub async fn keep_returning(self: Arc<Self>) {
        if let Self::Redis(redis) = &*self {
            redis.keep_returning().await;
        }
    }

    /// How many jobs wait.
    pub async fn len(&self) -> Result<u64, QueueError> {
        match self {
            Self::Memory(memory) => Ok(Priority::ALL.iter().map(|priority| memory.len(*priority)).sum()),
            Self::Redis(redis) => redis.len().await,
        }
    }

    /// Sets the gauges of the queues that are in memory.
    pub fn show_depth(&self) {
        let Self::Memory(memory) = self else { return };
        for priority in Priority::ALL {
            // A gauge counts to 2^53, which is more than any memory holds.
            #[allow(clippy::cast_precision_loss)]
            QUEUE_DEPTH.with(Name::new(priority.as_str())).set(memory.len(priority) as f64);
        }
    }

    /// Keeps the gauges of the queues up to date.
    pub async fn keep_sampling(self: Arc<Self>, interval: Duration) {
        if let Self::Redis(redis) = &*self {
            return redis.sampler().every(interval).enqueued_at(entry::enqueued_at).run().await;
        }
        let mut ticks = tokio::time::interval(interval);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.show_depth();
        }
    }
}
