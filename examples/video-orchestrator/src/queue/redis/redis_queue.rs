//! The queues that many workers share: Redis lists.
//!
//! A job moves from its queue to a list of jobs in hand, with a lease that its worker renews. Done, it is taken off that
//! list; where the lease runs out, it goes back to its queue. Each of these steps is one script, which Redis runs whole or
//! not at all, so a job is always on exactly one list.

mod keys;
#[cfg(test)]
mod told_twice;

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use metrics_runtime::redis::{Link, QueueSampler, SampledQueue, Turns, sample_queues};
use redis::{Client, Cmd, FromRedisValue, RedisError};
use serde_json::json;

use super::entry::{self, DeadLetter};
use super::{Delivery, Done, Failed, JOBS_DEAD_LETTERED, JOBS_RETURNED, Priority, QueueError};
use crate::given::given_as;
use crate::trouble::Trouble;

/// How long Redis may take to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// How often an empty queue is looked at.
const LOOK_INTERVAL: Duration = Duration::from_millis(200);
/// How often the jobs in hand are looked at, where the lease is no shorter.
const RETURN_INTERVAL: Duration = Duration::from_secs(1);
/// The longest that a job which has failed rests.
const LONGEST_REST: Duration = Duration::from_secs(600);
/// How many records of jobs that are done are kept.
const KEPT_RECORDS: u32 = 10_000;

/// What Redis says where a key holds something else than the command is for.
const WRONG_TYPE: &str = "WRONGTYPE";

/// Jobs in Redis.
#[derive(Debug)]
pub struct Redis {
    url: String,
    client: Client,
    link: Link,
    turns: Turns,
    lease: Lease,
    /// What this worker's leases hold.
    word: String,
    /// The jobs of this process whose end Redis has not heard. Their leases may run out while Redis is away, and they are
    /// no lost worker's all the same.
    in_hand: Mutex<BTreeSet<String>>,
    renewing: Trouble,
    returning: Trouble,
}

/// How long a worker has a job, and how often a job is tried.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    /// How long after the last sign of life a worker is taken for lost.
    pub time: Duration,
    pub attempts: u32,
    /// How long a job rests after it has failed for the first time; twice as long after each further time.
    pub rest: Duration,
}

impl Lease {
    fn rest_after(&self, attempt: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        // A rest of no time would be one for ever.
        self.rest.saturating_mul(doubled).clamp(Duration::from_millis(1), LONGEST_REST)
    }
}

/// What Redis knows a job in hand by.
#[derive(Clone, Debug)]
pub struct Taken {
    id: String,
    /// As it stands on the list.
    entry: String,
}

impl Redis {
    /// The queues at this address; it is connected to when they are used.
    pub fn new(url: &str, lease: Lease) -> Result<Self, QueueError> {
        let shown = without_password(url);
        let client = Client::open(url).map_err(|source| QueueError::Address {
            given: given_as("REDIS_URL", "--redis-url", url),
            url: shown.clone(),
            source,
        })?;
        let word = format!("{}-{:016x}", std::process::id(), fastrand::u64(..));
        let link = Link::new(client.clone(), ANSWER_LIMIT);
        let renewing = Trouble::new("a lease could not be renewed");
        let returning = Trouble::new("jobs of lost workers could not be looked for");
        Ok(Self {
            url: shown,
            client,
            link,
            turns: Priority::turns(),
            lease,
            word,
            in_hand: Mutex::default(),
            renewing,
            returning,
        })
    }

    /// What other parts connect with.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Appends to a queue.
    pub async fn push(&self, entry: &str, priority: Priority) -> Result<(), QueueError> {
        self.run(redis::cmd("RPUSH").arg(keys::waiting(priority)).arg(entry)).await
    }

    /// Takes a job; waits for one to come.
    pub async fn take(&self, patience: Duration) -> Result<Option<Delivery>, QueueError> {
        let deadline = Instant::now() + patience;
        loop {
            let delivery = self.take_now().await?;
            if delivery.is_some() || Instant::now() >= deadline {
                return Ok(delivery);
            }
            tokio::time::sleep(LOOK_INTERVAL.min(patience)).await;
        }
    }

    async fn take_now(&self) -> Result<Option<Delivery>, QueueError> {
        let order: Vec<Priority> = Priority::order(&self.turns).collect();
        let mut names = vec![keys::ATTEMPTS.to_owned()];
        names.extend(order.iter().flat_map(|priority| [keys::waiting(*priority), keys::processing(*priority)]));
        let mut script = script(include_str!("take.lua"), &names);
        script.arg(keys::LEASE).arg(&self.word).arg(milliseconds(self.lease.time));
        let taken: Option<(usize, Vec<u8>, u32, String)> = self.run(&script).await?;
        let Some((at, entry, attempt, id)) = taken else { return Ok(None) };
        let priority = order[at.saturating_sub(1) % order.len()];
        // It stays among the jobs in hand, byte for byte, until it was lost too often.
        let Ok(entry) = String::from_utf8(entry) else { return Err(QueueError::NoText { url: self.url.clone() }) };
        let (text, enqueued_at) = entry::unwrap(&entry);
        let text = text.to_owned();
        self.in_hand().insert(id.clone());
        Ok(Some(Delivery { priority, text, attempt, enqueued_at, entry: Some(Taken { id, entry }) }))
    }

    /// Says that a job is done.
    pub async fn complete(&self, delivery: &Delivery, taken: &Taken, done: &Done) -> Result<bool, QueueError> {
        let record = json!({
            "id": taken.id,
            "job": done.name,
            "completed_at": done.at,
            "attempt": delivery.attempt,
            "worker": self.word,
        });
        let names = [
            keys::processing(delivery.priority),
            lease_of(taken),
            keys::ATTEMPTS.to_owned(),
            keys::COMPLETED.to_owned(),
        ];
        let mut script = script(include_str!("complete.lua"), &names);
        script.arg(&taken.entry).arg(&self.word).arg(&taken.id).arg(record.to_string()).arg(KEPT_RECORDS);
        let is_accepted = self.run(&script).await?;
        self.in_hand().remove(&taken.id);
        Ok(is_accepted)
    }

    /// Says that a job has failed; `for_good`: it is not tried again. `false`: it was not this worker's any more.
    pub async fn fail(
        &self,
        delivery: &Delivery,
        taken: &Taken,
        failed: &Failed,
        for_good: bool,
    ) -> Result<bool, QueueError> {
        let priority = delivery.priority;
        let letter = DeadLetter {
            error: failed.error.clone(),
            attempts: delivery.attempt,
            enqueued_at: delivery.enqueued_at.map(entry::milliseconds),
            dead_at: failed.at,
            entry: &taken.entry,
        };
        let letter = serde_json::to_string(&letter).expect("a letter is made of texts and numbers");
        let names = [keys::processing(priority), lease_of(taken), keys::ATTEMPTS.to_owned(), keys::dead(priority)];
        let mut script = script(include_str!("fail.lua"), &names);
        let attempts = if for_good { 0 } else { self.lease.attempts };
        let rest = milliseconds(self.lease.rest_after(delivery.attempt));
        script.arg(&taken.entry).arg(&self.word).arg(&taken.id).arg(letter).arg(attempts).arg(rest);
        let answer: u32 = self.run(&script).await?;
        self.in_hand().remove(&taken.id);
        if answer == 2 {
            JOBS_DEAD_LETTERED.with(priority).increment(1);
        }
        Ok(answer != 0)
    }

    /// Renews the lease of a job, again and again, until it is lost.
    pub async fn keep_renewing(&self, taken: &Taken) {
        loop {
            tokio::time::sleep(self.lease.time / 3).await;
            let mut script = script(include_str!("renew.lua"), &[lease_of(taken)]);
            script.arg(&self.word).arg(milliseconds(self.lease.time));
            match self.run::<bool>(&script).await {
                Ok(true) => self.renewing.has_worked(),
                Ok(false) => {
                    return tracing::warn!("the lease of the job in hand has run out: another may do it again");
                }
                Err(error) => self.renewing.has_failed(&error),
            }
        }
    }

    /// Puts back the jobs of workers that were lost, and those that have rested, again and again.
    pub async fn keep_returning(&self) {
        loop {
            match self.return_all_lost().await {
                Ok(()) => self.returning.has_worked(),
                Err(error) => self.returning.has_failed(&error),
            }
            tokio::time::sleep(RETURN_INTERVAL.min(self.lease.time / 2)).await;
        }
    }

    /// Of all queues; one that fails does not keep the others waiting.
    async fn return_all_lost(&self) -> Result<(), QueueError> {
        let mut result = Ok(());
        for priority in Priority::ALL {
            match self.return_lost(priority).await {
                Ok((back, dead)) => {
                    JOBS_RETURNED.with(priority).increment(back);
                    JOBS_DEAD_LETTERED.with(priority).increment(dead);
                }
                Err(error) => result = Err(error),
            }
        }
        result
    }

    async fn return_lost(&self, priority: Priority) -> Result<(u64, u64), QueueError> {
        let names =
            [keys::ATTEMPTS.to_owned(), keys::waiting(priority), keys::processing(priority), keys::dead(priority)];
        let mut script = script(include_str!("return.lua"), &names);
        script.arg(keys::LEASE).arg(self.lease.attempts).arg(entry::now());
        self.in_hand().iter().for_each(|id| {
            script.arg(id);
        });
        self.run(&script).await
    }

    fn in_hand(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many jobs wait.
    pub async fn len(&self) -> Result<u64, QueueError> {
        let mut sum = 0;
        for priority in Priority::ALL {
            sum += self.run::<u64>(redis::cmd("LLEN").arg(keys::waiting(priority))).await?;
        }
        Ok(sum)
    }

    /// Looks at all lists.
    pub fn sampler(&self) -> QueueSampler {
        let queues = Priority::ALL.map(|priority| {
            SampledQueue::new(priority.as_str(), keys::waiting(priority))
                .processing(keys::processing(priority))
                .dead_letter(keys::dead(priority))
        });
        sample_queues(self.client(), queues)
    }

    async fn run<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, QueueError> {
        match self.link.query(command).await {
            Ok(answer) => Ok(answer),
            Err(source) if source.code() == Some(WRONG_TYPE) => Err(self.wrong_type(source).await),
            Err(source) => Err(self.unusable(source)),
        }
    }

    fn unusable(&self, source: RedisError) -> QueueError {
        QueueError::Redis { url: self.url.clone(), source }
    }

    /// Which key holds what it should not: Redis itself does not say.
    async fn wrong_type(&self, source: RedisError) -> QueueError {
        for (key, meant) in keys::all() {
            match self.link.query::<String>(redis::cmd("TYPE").arg(&key)).await {
                Ok(found) if found != meant && found != "none" => {
                    return QueueError::WrongType { key, url: self.url.clone(), found, meant, source };
                }
                _ => {}
            }
        }
        self.unusable(source)
    }
}

/// A script with its keys; its arguments follow.
fn script(text: &str, keys: &[String]) -> Cmd {
    let mut command = redis::cmd("EVAL");
    command.arg(text).arg(keys.len()).arg(keys);
    command
}

fn lease_of(taken: &Taken) -> String {
    format!("{}{}", keys::LEASE, taken.id)
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// What stands in messages: a password must not.
fn without_password(url: &str) -> String {
    match url.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1))) {
        Some((scheme, host)) => format!("{scheme}://…@{host}"),
        // It may have been meant as one.
        None => url.rsplit_once('@').map_or_else(|| url.to_owned(), |(_, host)| format!("…@{host}")),
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(without_password("redis://user:p@ss@db:6379/0"), "redis://…@db:6379/0");
        assert_eq!(without_password("redis://db:6379"), "redis://db:6379");
        assert_eq!(without_password("user:p@ss@db:6379"), "…@db:6379");
    }
}
