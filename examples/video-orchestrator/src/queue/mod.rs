//! Where jobs wait: in memory, or in a Redis list that many workers share.

mod memory;
mod redis;

use std::sync::Arc;
use std::time::Duration;

use metrics_runtime::{Failure, Label, counted, declare_metrics};

use crate::job::Job;
pub use memory::Memory;
pub use redis::Redis;

/// A queue. There is one so far.
#[derive(Clone, Copy, Debug, Label)]
pub enum Name {
    Default,
}

declare_metrics! {
    /// Jobs that wait in the queue.
    gauge QUEUE_DEPTH = "queue_depth", labels(queue: Name);
}

/// Where jobs wait.
#[derive(Debug)]
pub enum Queue {
    Memory(Memory),
    Redis(Box<Redis>),
}

/// Why the queue does not do as it was told.
#[derive(Debug, thiserror::Error, Failure)]
pub enum QueueError {
    #[error("Redis at {url} cannot be used")]
    #[failure(source)]
    Redis { url: String, source: ::redis::RedisError },
    #[error("Redis at {url} has not answered within {limit:?}")]
    #[failure(timeout)]
    Timeout { url: String, limit: Duration },
}

impl Queue {
    /// Puts a job at the end of the queue.
    #[counted(counter = "jobs_enqueued_total", on = ok, description = "Jobs that were put into the queue.")]
    pub async fn enqueue(&self, job: &Job) -> Result<(), QueueError> {
        let text = job.to_json();
        match self {
            Self::Memory(memory) => {
                memory.push(text);
                Ok(())
            }
            Self::Redis(redis) => redis.push(&text).await,
        }
    }

    /// Takes the text of the job that has waited longest; waits up to a time for one to come.
    pub async fn take(&self, patience: Duration) -> Result<Option<String>, QueueError> {
        match self {
            Self::Memory(memory) => Ok(memory.pop(patience).await),
            Self::Redis(redis) => redis.pop(patience).await,
        }
    }

    /// How many jobs wait.
    pub async fn len(&self) -> Result<u64, QueueError> {
        match self {
            Self::Memory(memory) => Ok(memory.len()),
            Self::Redis(redis) => redis.len().await,
        }
    }

    /// Sets the gauge `queue_depth` now.
    pub async fn sample_depth(&self) -> Result<(), QueueError> {
        let length = self.len().await?;
        // Redis counts in 64 bits and a gauge in 53, which is still more than any queue holds.
        #[allow(clippy::cast_precision_loss)]
        QUEUE_DEPTH.with(Name::Default).set(length as f64);
        Ok(())
    }

    /// Sets the gauge again and again.
    pub async fn keep_sampling_depth(self: Arc<Self>, interval: Duration) {
        let mut ticks = tokio::time::interval(interval);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.sample_depth().await {
                tracing::warn!("the length of the queue is not known: {}", crate::failure_text::of(&error));
            }
        }
    }
}
