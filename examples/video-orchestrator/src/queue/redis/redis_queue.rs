//! The jobs in Redis.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use metrics_runtime::redis::{QueueSampler, SampledQueue, WeightedRoundRobin, sample_queues};
use redis::Client;
use serde_json::json;

use super::keys;
use super::script::{lease_key, milliseconds, script};
use super::server::Server;
use crate::queue::delivery::{Completion, Delivery, JobFailure, RedisEntry};
use crate::queue::entry::{self, DeadLetter};
use crate::queue::error::QueueError;
use crate::queue::lease::Lease;
use crate::queue::metrics::JOBS_DEAD_LETTERED;
use crate::queue::outage_log::OutageLog;
use crate::queue::priority::Priority;
use crate::settings::AddressSetting;

/// How often an empty queue is polled.
const POLL_INTERVAL: Duration = Duration::from_millis(200);
/// How many records of completed jobs are kept.
const KEPT_RECORDS: u32 = 10_000;

/// The jobs in Redis.
#[derive(Debug)]
pub(crate) struct RedisQueue {
    pub(super) server: Server,
    round_robin: WeightedRoundRobin,
    pub(super) lease: Lease,
    /// The value of this worker's leases.
    pub(super) worker_id: String,
    /// The jobs of this process whose end Redis has not accepted yet. Their leases may expire while Redis is away, but they
    /// are not the jobs of a lost worker.
    in_progress: Mutex<BTreeSet<String>>,
    pub(super) renewals: OutageLog,
    pub(super) returns: OutageLog,
}

impl RedisQueue {
    /// The queues at this address; the connection is made when they are first used.
    pub(crate) fn new(url: &AddressSetting, lease: Lease) -> Result<Self, QueueError> {
        Ok(Self {
            server: Server::new(url)?,
            round_robin: Priority::round_robin(),
            lease,
            worker_id: format!("{}-{:016x}", std::process::id(), fastrand::u64(..)),
            in_progress: Mutex::default(),
            renewals: OutageLog::new("a lease could not be renewed"),
            returns: OutageLog::new("the jobs of lost workers could not be put back"),
        })
    }

    /// A client for other connections to the same server.
    pub(crate) fn client(&self) -> Client {
        self.server.client()
    }

    /// Appends to a queue.
    pub(crate) async fn push(&self, entry: &str, priority: Priority) -> Result<(), QueueError> {
        self.server.run(redis::cmd("RPUSH").arg(keys::waiting(priority)).arg(entry)).await
    }

    /// Takes a job; waits up to `max_wait` for one.
    pub(crate) async fn take(&self, max_wait: Duration) -> Result<Option<Delivery>, QueueError> {
        let deadline = Instant::now() + max_wait;
        loop {
            let delivery = self.take_now().await?;
            if delivery.is_some() || Instant::now() >= deadline {
                return Ok(delivery);
            }
            tokio::time::sleep(POLL_INTERVAL.min(max_wait)).await;
        }
    }

    async fn take_now(&self) -> Result<Option<Delivery>, QueueError> {
        let order: Vec<Priority> = Priority::order(&self.round_robin).collect();
        let mut names = vec![keys::ATTEMPTS.to_owned()];
        names.extend(order.iter().flat_map(|priority| [keys::waiting(*priority), keys::processing(*priority)]));
        let mut script = script(include_str!("take.lua"), &names);
        script.arg(keys::LEASE).arg(&self.worker_id).arg(milliseconds(self.lease.time));
        let taken: Option<(usize, Vec<u8>, u32, String)> = self.server.run(&script).await?;
        let Some((at, bytes, attempt, id)) = taken else { return Ok(None) };
        let priority = order[at.saturating_sub(1) % order.len()];
        // It stays on the list of jobs in progress, byte for byte, until it was lost too often.
        let Ok(entry_text) = String::from_utf8(bytes) else {
            return Err(QueueError::NotText { url: self.server.url().to_owned() });
        };
        let (job_text, enqueued_at) = entry::unwrap(&entry_text);
        let text = job_text.to_owned();
        self.in_progress().insert(id.clone());
        Ok(Some(Delivery { priority, text, attempt, enqueued_at, entry: Some(RedisEntry { id, text: entry_text }) }))
    }

    /// Reports that a job is done. `false`: another worker has it.
    pub(crate) async fn complete(
        &self,
        delivery: &Delivery,
        entry: &RedisEntry,
        completion: &Completion,
    ) -> Result<bool, QueueError> {
        let record = json!({
            "id": entry.id,
            "job": completion.job,
            "completed_at": completion.at,
            "attempt": delivery.attempt,
            "worker": self.worker_id,
        });
        let names = [
            keys::processing(delivery.priority),
            lease_key(entry),
            keys::ATTEMPTS.to_owned(),
            keys::COMPLETED.to_owned(),
        ];
        let mut script = script(include_str!("complete.lua"), &names);
        script.arg(&entry.text).arg(&self.worker_id).arg(&entry.id).arg(record.to_string()).arg(KEPT_RECORDS);
        let is_accepted = self.server.run(&script).await?;
        self.in_progress().remove(&entry.id);
        Ok(is_accepted)
    }

    /// Reports that a job has failed; `is_final`: it is not tried again. `false`: another worker has it.
    pub(crate) async fn fail(
        &self,
        delivery: &Delivery,
        entry: &RedisEntry,
        failure: &JobFailure,
        is_final: bool,
    ) -> Result<bool, QueueError> {
        let priority = delivery.priority;
        let letter = DeadLetter {
            error: failure.error.clone(),
            attempts: delivery.attempt,
            enqueued_at: delivery.enqueued_at.map(entry::milliseconds),
            dead_at: failure.at,
            entry: &entry.text,
        };
        let letter = serde_json::to_string(&letter).expect("the fields of a dead letter are always JSON");
        let names = [keys::processing(priority), lease_key(entry), keys::ATTEMPTS.to_owned(), keys::dead(priority)];
        let mut script = script(include_str!("fail.lua"), &names);
        let attempts = if is_final { 0 } else { self.lease.attempts };
        let delay = milliseconds(self.lease.retry_delay_after(delivery.attempt));
        script.arg(&entry.text).arg(&self.worker_id).arg(&entry.id).arg(letter).arg(attempts).arg(delay);
        let answer: u32 = self.server.run(&script).await?;
        self.in_progress().remove(&entry.id);
        if answer == 2 {
            JOBS_DEAD_LETTERED.with(priority).increment(1);
        }
        Ok(answer != 0)
    }

    /// The ids of the jobs of this process.
    pub(super) fn in_progress(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.in_progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many jobs wait.
    pub(crate) async fn len(&self) -> Result<u64, QueueError> {
        let mut sum = 0;
        for priority in Priority::ALL {
            sum += self.server.run::<u64>(redis::cmd("LLEN").arg(keys::waiting(priority))).await?;
        }
        Ok(sum)
    }

    /// Samples all lists.
    pub(crate) fn sampler(&self) -> QueueSampler {
        let queues = Priority::ALL.map(|priority| {
            SampledQueue::new(priority.as_str(), keys::waiting(priority))
                .processing(keys::processing(priority))
                .dead_letter(keys::dead(priority))
        });
        sample_queues(self.client(), queues)
    }
}
