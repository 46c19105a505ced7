//! What a worker repeats while it runs: it renews its lease, and puts the jobs of lost workers back.

use std::time::Duration;

use super::keys;
use super::redis_queue::RedisQueue;
use super::script::{lease_key, milliseconds, script};
use crate::queue::delivery::RedisEntry;
use crate::queue::entry;
use crate::queue::error::QueueError;
use crate::queue::metrics::{JOBS_DEAD_LETTERED, JOBS_RETURNED};
use crate::queue::priority::Priority;

/// How often the jobs in progress are checked; more often where the lease is short.
const RETURN_INTERVAL: Duration = Duration::from_secs(1);

impl RedisQueue {
    /// Renews the lease of a job until it is lost.
    pub(crate) async fn keep_renewing(&self, entry: &RedisEntry) {
        loop {
            tokio::time::sleep(self.lease.time / 3).await;
            let mut script = script(include_str!("renew.lua"), &[lease_key(entry)]);
            script.arg(&self.worker_id).arg(milliseconds(self.lease.time));
            match self.server.run::<bool>(&script).await {
                Ok(true) => self.renewals.record_success(),
                Ok(false) => {
                    return tracing::warn!("the lease of the current job has expired: another worker may do it again");
                }
                Err(error) => self.renewals.record_failure(error.kind(), &error),
            }
        }
    }

    /// Puts back the jobs of lost workers, and those whose retry delay is over, from time to time.
    pub(crate) async fn keep_returning(&self) {
        loop {
            match self.return_from_all_queues().await {
                Ok(()) => self.returns.record_success(),
                Err(error) => self.returns.record_failure(error.kind(), &error),
            }
            tokio::time::sleep(RETURN_INTERVAL.min(self.lease.time / 2)).await;
        }
    }

    /// An error of one queue does not delay the others.
    async fn return_from_all_queues(&self) -> Result<(), QueueError> {
        let mut result = Ok(());
        for priority in Priority::ALL {
            match self.return_jobs(priority).await {
                Ok((returned, dead)) => {
                    JOBS_RETURNED.with(priority).increment(returned);
                    JOBS_DEAD_LETTERED.with(priority).increment(dead);
                }
                Err(error) => result = Err(error),
            }
        }
        result
    }

    pub(super) async fn return_jobs(&self, priority: Priority) -> Result<(u64, u64), QueueError> {
        let names =
            [keys::ATTEMPTS.to_owned(), keys::waiting(priority), keys::processing(priority), keys::dead(priority)];
        let mut script = script(include_str!("return.lua"), &names);
        script.arg(keys::LEASE).arg(self.lease.attempts).arg(entry::now());
        self.in_progress().iter().for_each(|id| {
            script.arg(id);
        });
        self.server.run(&script).await
    }
}
