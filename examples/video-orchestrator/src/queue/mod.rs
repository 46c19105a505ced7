//! The queues of jobs: in memory, or in Redis lists that many workers share.

mod options;
mod priority;
mod error;
mod entry;
mod delivery;
mod lease;
mod metrics;
mod memory;
mod redis;
mod job_queue;
mod caller;
mod posted_body;
mod posting_client;
mod connections;
mod intake;

pub(crate) use delivery::{Completion, Delivery, JobFailure, Verdict};
pub(crate) use error::QueueError;
pub(crate) use intake::start_intake;
pub(crate) use job_queue::JobQueue;
pub(crate) use lease::Lease;
pub(crate) use memory::MemoryQueue;
pub(crate) use options::{IntakeAddress, QueueOptions};
pub(crate) use priority::Priority;
pub(crate) use redis::RedisQueue;
