//! The queues that many workers share: Redis lists.
//!
//! A job moves from its queue to a list of jobs in progress, with a lease that its worker renews. When it is done, it is
//! removed from that list; when the lease expires, it goes back to its queue. Each of these steps is one script, which Redis
//! runs completely or not at all, so a job is always on exactly one list.

mod keys;
mod script;
mod server;
mod taken;
mod redis_queue;
mod upkeep;
#[cfg(test)]
mod repeated_reports;
#[cfg(test)]
mod failed_writes;
#[cfg(test)]
mod verdicts;

pub(crate) use redis_queue::RedisQueue;
