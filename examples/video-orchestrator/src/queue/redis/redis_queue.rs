//! The jobs in Redis.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use metrics_runtime::TraceContext;
use metrics_runtime::redis::{QueueSampler, SampledQueue, WeightedRoundRobin, sample_queues};
use redis::{Client, Cmd};
use serde_json::json;

use super::keys;
use super::script::{lease_key, milliseconds, report, script};
use super::server::Server;
use super::taken::Taken;
use crate::queue::delivery::{Completion, Delivery, GIVEN_UP, JobFailure, RedisEntry, Verdict};
use crate::queue::entry::{self, DeadLetter};
use crate::queue::error::QueueError;
use crate::queue::lease::Lease;
use crate::queue::metrics::JOBS_DEAD_LETTERED;
use crate::queue::priority::Priority;
use crate::report::OutageLog;
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
    traces: OutageLog,
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
            traces: OutageLog::new("the trace of a job could not be kept with it"),
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
        let mut adopted = None;
        loop {
            let mut script = script(include_str!("take.lua"), &names);
            script.arg(keys::LEASE).arg(&self.worker_id).arg(milliseconds(self.lease.time));
            if let Some((plain, envelope)) = &adopted {
                script.arg(plain).arg(envelope);
            }
            match self.server.run(&script).await? {
                Taken::Nothing => return Ok(None),
                // Another worker may take it meanwhile; then the first entry is another one.
                Taken::Plain(entry) => {
                    let envelope = entry::adopt(&entry);
                    adopted = Some((entry, envelope));
                }
                Taken::Job { at, entry, attempt, id, is_first, first_attempt } => {
                    let priority = order[at.saturating_sub(1) % order.len()];
                    let delivery = self.delivery(priority, entry, attempt, id);
                    let first_attempt = first_attempt.and_then(|span| span.parse().ok());
                    return Ok(Some(Delivery { is_first, first_attempt, ..delivery }));
                }
            }
        }
    }

    fn delivery(&self, priority: Priority, entry: String, attempt: u32, id: String) -> Delivery {
        let content = entry::unwrap(&entry);
        let (text, enqueued_at) = (content.text.into_owned(), content.enqueued_at);
        let (pushed, bytes) = (content.pushed.into_owned(), content.bytes);
        self.in_progress().insert(id.clone());
        let entry = Some(RedisEntry { id, text: entry, pushed, bytes });
        Delivery { priority, text, attempt, enqueued_at, is_first: true, first_attempt: None, entry }
    }

    /// Keeps the span of a job's first attempt. `false`: the job is not this worker's any more.
    pub(super) async fn keep_first_attempt(&self, entry: &RedisEntry, span: TraceContext) -> Result<bool, QueueError> {
        let mut script = script(include_str!("keep_trace.lua"), &[lease_key(entry), keys::ATTEMPTS.to_owned()]);
        script.arg(&self.worker_id).arg(&entry.id).arg(span.to_string());
        self.server.run(&script).await
    }

    /// The same; a job is not given up for its trace.
    pub(crate) async fn keep_first_attempt_or_warn(&self, entry: &RedisEntry, span: TraceContext) {
        match self.keep_first_attempt(entry, span).await {
            Ok(_) => self.traces.record_success(),
            Err(error) => self.traces.record_failure(error.kind(), &error),
        }
    }

    /// Reports that a job is done.
    pub(crate) async fn complete(
        &self,
        delivery: &Delivery,
        entry: &RedisEntry,
        completion: &Completion,
    ) -> Result<Verdict, QueueError> {
        let record = json!({
            "id": entry.id,
            "job": completion.job,
            "completed_at": completion.at,
            "attempt": delivery.attempt,
            "worker": self.worker_id,
        });
        let mut script = report(include_str!("complete.lua"), delivery, entry, &self.worker_id);
        script.arg(record.to_string()).arg(KEPT_RECORDS);
        self.run_report(&script, entry).await.map(Verdict::of)
    }

    /// Reports that a job has failed; `is_final`: it is not tried again.
    pub(crate) async fn fail(
        &self,
        delivery: &Delivery,
        entry: &RedisEntry,
        failure: &JobFailure,
        is_final: bool,
    ) -> Result<Verdict, QueueError> {
        let letter = DeadLetter {
            id: &entry.id,
            error: failure.error.clone(),
            attempts: delivery.attempt,
            enqueued_at: delivery.enqueued_at.map(entry::milliseconds),
            dead_at: failure.at,
            entry: &entry.pushed,
            entry_bytes: entry.bytes.as_deref(),
        };
        let letter = serde_json::to_string(&letter).expect("the fields of a dead letter are always JSON");
        let mut script = report(include_str!("fail.lua"), delivery, entry, &self.worker_id);
        let attempts = if is_final { 0 } else { self.lease.attempts };
        let delay = milliseconds(self.lease.retry_delay_after(delivery.attempt));
        script.arg(letter).arg(attempts).arg(delay);
        let answer = self.run_report(&script, entry).await?;
        if answer == GIVEN_UP {
            JOBS_DEAD_LETTERED.with(delivery.priority).increment(1);
        }
        Ok(Verdict::of(answer))
    }

    /// Gives a job back, without counting the attempt.
    pub(crate) async fn release(&self, delivery: &Delivery, entry: &RedisEntry) -> Result<Verdict, QueueError> {
        let script = report(include_str!("release.lua"), delivery, entry, &self.worker_id);
        self.run_report(&script, entry).await.map(Verdict::of)
    }

    async fn run_report(&self, script: &Cmd, entry: &RedisEntry) -> Result<u32, QueueError> {
        let answer = self.server.run(script).await?;
        self.in_progress().remove(&entry.id);
        Ok(answer)
    }

    /// The ids of the jobs of this process.
    pub(super) fn in_progress(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.in_progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks that the queues can be used.
    pub(crate) async fn check(&self) -> Result<(), QueueError> {
        // First a short command: a server that wants a password says to it what it wants, and to a long one that it is too long.
        self.len().await?;
        self.server.check_not_cluster().await
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
