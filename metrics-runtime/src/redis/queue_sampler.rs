//! How many jobs wait in Redis, and how long the oldest has waited.

use std::fmt;
use std::time::{Duration, SystemTime};

use redis::{Client, RedisResult, Value};
use tokio::time::{Instant, sleep_until};

use super::error_kind::ErrorKind;
use super::outage_log::OutageLog;
use super::queue_metrics::{ListGauges, SAMPLE_AGE, SAMPLE_FAILURES};
use super::reconnecting_connection::ReconnectingConnection;
use super::sampled_queue::SampledQueue;
use crate::util::catch_panic;

const DEFAULT_INTERVAL: Duration = Duration::from_secs(10);
const MIN_INTERVAL: Duration = Duration::from_millis(100);
/// The backoff after the first failure. It doubles with each further failure, up to the interval.
const FIRST_BACKOFF: Duration = Duration::from_millis(500);
/// How often `queue_sample_age_seconds` is updated.
const AGE_INTERVAL: Duration = Duration::from_secs(1);
/// After this number of intervals without a sample the values of a queue are withdrawn.
const MAX_MISSED_INTERVALS: u32 = 3;

/// Samples lists of jobs in Redis at an interval, in one round trip for all queues.
///
/// | metric | |
/// | --- | --- |
/// | `queue_depth{queue}` | how many jobs wait |
/// | `queue_oldest_job_age_seconds{queue}` | how long the oldest has waited; 0 if no job waits |
/// | `queue_processing_depth{queue}`, `queue_processing_oldest_job_age_seconds{queue}` | the same for the jobs that workers are processing; an age counts from when the job was enqueued |
/// | `queue_dead_letter_depth{queue}`, `queue_dead_letter_oldest_job_age_seconds{queue}` | the same for the dead letters |
/// | `queue_sample_age_seconds{queue}` | how long ago the queue was last sampled successfully |
/// | `queue_sample_failures_total{queue}` | how many samples failed |
///
/// The ages of jobs need [`enqueued_at`](QueueSampler::enqueued_at). While Redis is down, `queue_sample_age_seconds`
/// grows; after three intervals without a sample the other gauges are `NaN`, because their values are not known any
/// more. A key that holds something other than a list is a failure of its own queue only.
///
/// A sample reads the length and the first element of each list. Both are O(1), however long the list is:
/// <https://redis.io/docs/latest/commands/lindex/>. The sampler has a connection of its own, which reconnects with a
/// growing backoff.
///
/// `queue_sample_failures_total` is 0 from the call on, so that `rate()` sees the first failure, too:
/// <https://prometheus.io/docs/practices/instrumentation/#avoid-missing-metrics>.
///
/// ```no_run
/// use std::time::{Duration, SystemTime};
/// use metrics_runtime::redis::{SampledQueue, sample_queues};
///
/// /// A job begins with the milliseconds since 1970 at which it was enqueued.
/// fn enqueued_at(job: &[u8]) -> Option<SystemTime> {
///     let text = std::str::from_utf8(job).ok()?.split(' ').next()?;
///     Some(SystemTime::UNIX_EPOCH + Duration::from_millis(text.parse().ok()?))
/// }
///
/// # fn start() -> redis::RedisResult<()> {
/// let client = redis::Client::open("redis://127.0.0.1")?;
/// let queues = [SampledQueue::new("default", "jobs").dead_letter("jobs:dead")];
/// tokio::spawn(sample_queues(client, queues).enqueued_at(enqueued_at).run());
/// # Ok(())
/// # }
/// ```
pub fn sample_queues(client: Client, queues: impl IntoIterator<Item = SampledQueue>) -> QueueSampler {
    let queues: Vec<SampledQueue> = queues.into_iter().collect();
    // A series that appears with its first failure hides that failure from `rate()`.
    for queue in &queues {
        SAMPLE_FAILURES.with(queue.name).increment(0);
    }
    QueueSampler { client, queues, interval: DEFAULT_INTERVAL, read_enqueued_at: None }
}

/// The sampler that [`sample_queues`] gives. It samples nothing before [`run`](Self::run).
///
/// ```no_run
/// use std::time::Duration;
/// use metrics_runtime::redis::{SampledQueue, sample_queues};
///
/// # async fn start(client: redis::Client) {
/// let sampler = sample_queues(client, [SampledQueue::new("default", "jobs")]).interval(Duration::from_secs(5));
/// tokio::spawn(sampler.run());
/// # }
/// ```
#[must_use = "nothing is sampled before `run()`"]
pub struct QueueSampler {
    client: Client,
    queues: Vec<SampledQueue>,
    interval: Duration,
    read_enqueued_at: Option<Box<ReadEnqueuedAt>>,
}

type ReadEnqueuedAt = dyn Fn(&[u8]) -> Option<SystemTime> + Send + Sync;

impl QueueSampler {
    /// The time between two samples, 10 seconds by default. Each one is varied by up to a quarter, so that many workers
    /// do not sample at the same moment. 5 to 15 seconds suit most programs; less than 0.1 seconds counts as 0.1.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval.max(MIN_INTERVAL);
        self
    }

    /// How to read from a job when it was enqueued. `None` means that the job does not say: the age is `NaN`. A panic
    /// counts as `None`.
    pub fn enqueued_at(mut self, read: impl Fn(&[u8]) -> Option<SystemTime> + Send + Sync + 'static) -> Self {
        self.read_enqueued_at = Some(Box::new(read));
        self
    }

    /// Samples the queues until its future is dropped.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime with I/O and time enabled. Also if three intervals do not fit into a [`Duration`].
    pub async fn run(self) {
        let connection = ReconnectingConnection::with_default_timeout(self.client.clone());
        let mut last_samples: Vec<LastSample> = self.queues.iter().map(|_| LastSample::now()).collect();
        let mut outage = OutageLog::default();
        let mut backoff = FIRST_BACKOFF;
        loop {
            let is_answered = self.sample(&connection, &mut last_samples, &mut outage).await;
            let wait = if is_answered {
                backoff = FIRST_BACKOFF;
                self.interval.mul_f64(0.75 + fastrand::f64() / 2.0)
            } else {
                let wait = backoff.min(self.interval);
                backoff = backoff.saturating_mul(2);
                wait
            };
            let next = Instant::now() + wait;
            loop {
                self.update_ages(&mut last_samples);
                let now = Instant::now();
                if now >= next {
                    break;
                }
                sleep_until(next.min(now + AGE_INTERVAL)).await;
            }
        }
    }

    /// Takes one sample. `false` if Redis did not answer.
    async fn sample(
        &self,
        connection: &ReconnectingConnection,
        last_samples: &mut [LastSample],
        outage: &mut OutageLog,
    ) -> bool {
        let mut pipeline = redis::pipe();
        for (key, _) in self.queues.iter().flat_map(SampledQueue::lists) {
            pipeline.llen(key).lindex(key, 0);
        }
        // A list that cannot be read must not hide the others.
        pipeline.ignore_errors();
        let mut replies = match connection.query_pipeline::<Vec<RedisResult<Value>>>(&pipeline).await {
            Ok(replies) => {
                if let Some(failures) = outage.record_success() {
                    tracing::warn!(failures, "the queues are sampled again");
                }
                replies.into_iter()
            }
            Err(error) => {
                if outage.record_failure(ErrorKind::of(&error).as_str()) {
                    tracing::warn!(%error, "the queues could not be sampled");
                }
                self.queues.iter().for_each(|queue| SAMPLE_FAILURES.with(queue.name).increment(1));
                return false;
            }
        };
        for (queue, last_sample) in self.queues.iter().zip(last_samples) {
            let lists = queue.lists().map(|(key, gauges)| (key, gauges, replies.next(), replies.next()));
            let mut is_complete = true;
            for (key, ListGauges { depth, oldest_age }, length, first) in lists.collect::<Vec<_>>() {
                match self.parse_replies(length, first) {
                    Ok((length, age)) => {
                        depth.with(queue.name).set(length);
                        if self.read_enqueued_at.is_some() {
                            oldest_age.with(queue.name).set(age);
                        }
                    }
                    Err(error) => {
                        if last_sample.outage.record_failure(key) {
                            tracing::warn!(key, %error, "a list of jobs could not be sampled");
                        }
                        is_complete = false;
                    }
                }
            }
            if is_complete {
                if let Some(failures) = last_sample.outage.record_success() {
                    tracing::warn!(queue = queue.name.as_str(), failures, "all lists of the queue are sampled again");
                }
                *last_sample = LastSample::now();
            } else {
                SAMPLE_FAILURES.with(queue.name).increment(1);
            }
        }
        true
    }

    /// The length of a list, and the age of its first element in seconds: 0 if the list is empty, `NaN` if the job does
    /// not say when it was enqueued.
    fn parse_replies(
        &self,
        length: Option<RedisResult<Value>>,
        first: Option<RedisResult<Value>>,
    ) -> RedisResult<(f64, f64)> {
        let length: f64 = redis::from_redis_value(length.unwrap_or(Ok(Value::Nil))?)?;
        let first: Option<Vec<u8>> = redis::from_redis_value(first.unwrap_or(Ok(Value::Nil))?)?;
        let age = match (&first, &self.read_enqueued_at) {
            (Some(job), Some(read)) => catch_panic(|| read(job)).flatten().map_or(f64::NAN, age_in_seconds),
            _ => 0.0,
        };
        Ok((length, age))
    }

    /// Updates the ages of the last samples, and withdraws the values of queues whose last sample is too old.
    fn update_ages(&self, last_samples: &mut [LastSample]) {
        for (queue, last_sample) in self.queues.iter().zip(last_samples) {
            let age = last_sample.at.elapsed();
            SAMPLE_AGE.with(queue.name).set(age.as_secs_f64());
            if age > self.interval * MAX_MISSED_INTERVALS && !last_sample.is_withdrawn {
                last_sample.is_withdrawn = true;
                for ListGauges { depth, oldest_age } in queue.lists().map(|(_, gauges)| gauges) {
                    depth.with(queue.name).set(f64::NAN);
                    if self.read_enqueued_at.is_some() {
                        oldest_age.with(queue.name).set(f64::NAN);
                    }
                }
            }
        }
    }
}

/// 0 for a time in the future: another machine's clock may be ahead.
fn age_in_seconds(time: SystemTime) -> f64 {
    time.elapsed().unwrap_or_default().as_secs_f64()
}

/// The last successful sample of a queue.
#[derive(Debug)]
struct LastSample {
    /// When it was taken; before the first one: when the sampler started.
    at: Instant,
    /// Whether its values were replaced by `NaN`.
    is_withdrawn: bool,
    /// The lists that could not be read since then, by key.
    outage: OutageLog,
}

impl LastSample {
    fn now() -> Self {
        Self { at: Instant::now(), is_withdrawn: false, outage: OutageLog::default() }
    }
}

impl fmt::Debug for QueueSampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueSampler")
            .field("queues", &self.queues)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}
