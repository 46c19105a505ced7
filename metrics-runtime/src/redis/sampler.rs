//! How many jobs wait, and how long the oldest has waited.

use std::fmt;
use std::time::{Duration, SystemTime};

use metrics_macros::{Label, declare_metrics};
use redis::{Client, RedisResult, Value};
use tokio::time::{Instant, sleep_until};

use super::trouble::Trouble;
use super::{LIMIT, Link};
use crate::util::catch_panic;
use crate::{Gauge, Interned};

/// A queue's name, as the label `queue`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Label)]
#[label(max_values = 16, crate = crate)]
pub struct Queue(Interned);

declare_metrics! {
    crate = crate;

    /// Jobs that wait in the queue.
    pub gauge QUEUE_DEPTH = "queue_depth", labels(queue: Queue);
    /// How long the oldest job of the queue has waited.
    gauge OLDEST = "queue_oldest_job_age_seconds", labels(queue: Queue);
    /// Jobs of the queue that workers have in hand.
    gauge PROCESSING = "queue_processing_depth", labels(queue: Queue);
    /// The age of the oldest job of the queue that a worker has in hand, since it was enqueued.
    gauge PROCESSING_OLDEST = "queue_processing_oldest_job_age_seconds", labels(queue: Queue);
    /// Jobs of the queue that were given up.
    gauge DEAD_LETTER = "queue_dead_letter_depth", labels(queue: Queue);
    /// The age of the oldest job of the queue that was given up, since it was enqueued.
    gauge DEAD_LETTER_OLDEST = "queue_dead_letter_oldest_job_age_seconds", labels(queue: Queue);
    /// How long ago the queue was looked at with success.
    gauge SAMPLE_AGE = "queue_sample_age_seconds", labels(queue: Queue);
    /// Times that the queue could not be looked at.
    counter FAILURES = "queue_sample_failures_total", labels(queue: Queue);
}

/// The lists of a queue, and the gauges of each: how many, and how old the oldest.
const LISTS: [[&Gauge<(Queue,)>; 2]; 3] =
    [[&QUEUE_DEPTH, &OLDEST], [&PROCESSING, &PROCESSING_OLDEST], [&DEAD_LETTER, &DEAD_LETTER_OLDEST]];

const DEFAULT_INTERVAL: Duration = Duration::from_secs(10);
const SHORTEST_INTERVAL: Duration = Duration::from_millis(100);
/// The first time to wait after a failure; it doubles up to the interval.
const FIRST_BACKOFF: Duration = Duration::from_millis(500);
/// How often the age of the last sample is shown anew.
const AGE_INTERVAL: Duration = Duration::from_secs(1);
/// After so many intervals without a sample its values are withdrawn.
const MISSED: u32 = 3;

/// The lists of one queue, for [`sample_queues`].
#[derive(Clone, Debug)]
pub struct SampledQueue {
    queue: Queue,
    /// Waiting, processing, dead letter.
    keys: [Option<String>; 3],
}

impl SampledQueue {
    /// The queue with this name, whose jobs wait in the list at `key`, the oldest in front: pushed with `RPUSH`, taken with
    /// `LPOP` or `LMOVE … LEFT …`. Of all queues together 16 have a series of their own.
    #[must_use]
    pub fn new(name: &str, key: impl Into<String>) -> Self {
        Self { queue: Queue::new(name), keys: [Some(key.into()), None, None] }
    }

    /// The list of the jobs that workers have in hand, the oldest in front.
    #[must_use]
    pub fn processing(mut self, key: impl Into<String>) -> Self {
        self.keys[1] = Some(key.into());
        self
    }

    /// The list of the jobs that were given up, the oldest in front.
    #[must_use]
    pub fn dead_letter(mut self, key: impl Into<String>) -> Self {
        self.keys[2] = Some(key.into());
        self
    }

    /// The lists that it has, each with its gauges.
    fn lists(&self) -> impl Iterator<Item = (&String, [&'static Gauge<(Queue,)>; 2])> {
        self.keys.iter().zip(LISTS).filter_map(|(key, gauges)| Some((key.as_ref()?, gauges)))
    }
}

/// Looks at lists of jobs in Redis, again and again, in one round trip for all of them.
///
/// | metric | |
/// | --- | --- |
/// | `queue_depth{queue}` | how many jobs wait |
/// | `queue_oldest_job_age_seconds{queue}` | how long the oldest has waited; 0 where none waits |
/// | `queue_processing_depth{queue}`, `queue_processing_oldest_job_age_seconds{queue}` | the same of the jobs in hand |
/// | `queue_dead_letter_depth{queue}`, `queue_dead_letter_oldest_job_age_seconds{queue}` | the same of those given up |
/// | `queue_sample_age_seconds{queue}` | how long ago the queue was looked at with success |
/// | `queue_sample_failures_total{queue}` | how often that failed |
///
/// The ages need [`enqueued_at`](QueueSampler::enqueued_at). While Redis is down `queue_sample_age_seconds` grows, and after
/// three intervals without a sample the other gauges are `NaN`: a number that nobody knows is not shown. A list that cannot
/// be read (its key holds something else) is its own queue's failure; the other queues go on.
///
/// A look costs the length and the first element of each list, whatever its length. Redis is asked on a connection of
/// the sampler's own, which is made anew, with growing pauses, once it has failed.
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
        FAILURES.with(queue.queue).increment(0);
    }
    QueueSampler { client, queues, interval: DEFAULT_INTERVAL, enqueued_at: None }
}

/// See [`sample_queues`].
#[must_use = "nothing is sampled before `run()`"]
pub struct QueueSampler {
    client: Client,
    queues: Vec<SampledQueue>,
    interval: Duration,
    enqueued_at: Option<Box<ReadTime>>,
}

type ReadTime = dyn Fn(&[u8]) -> Option<SystemTime> + Send + Sync;

impl QueueSampler {
    /// How often the queues are looked at: every 10 seconds unless this says otherwise, and each time a quarter sooner or
    /// later, so that many workers do not ask at once. From 5 to 15 seconds suit most; less than 0.1 is taken as 0.1.
    pub fn every(mut self, interval: Duration) -> Self {
        self.interval = interval.max(SHORTEST_INTERVAL);
        self
    }

    /// Reads when a job was enqueued; `None` where the job does not say. Should it panic, it is as `None`.
    pub fn enqueued_at(mut self, read: impl Fn(&[u8]) -> Option<SystemTime> + Send + Sync + 'static) -> Self {
        self.enqueued_at = Some(Box::new(read));
        self
    }

    /// Goes on until it is dropped.
    pub async fn run(self) {
        let link = Link::new(self.client.clone(), LIMIT);
        let mut seen: Vec<Seen> = self.queues.iter().map(|_| Seen::now()).collect();
        let mut trouble = Trouble::default();
        let mut backoff = FIRST_BACKOFF;
        loop {
            let sampled = self.sample(&link, &mut seen, &mut trouble).await;
            let pause = if sampled {
                backoff = FIRST_BACKOFF;
                self.interval.mul_f64(0.75 + fastrand::f64() / 2.0)
            } else {
                let pause = backoff.min(self.interval);
                backoff = backoff.saturating_mul(2);
                pause
            };
            let next = Instant::now() + pause;
            loop {
                self.show_ages(&mut seen);
                let now = Instant::now();
                if now >= next {
                    break;
                }
                sleep_until(next.min(now + AGE_INTERVAL)).await;
            }
        }
    }

    /// `false`: Redis did not answer.
    async fn sample(&self, link: &Link, seen: &mut [Seen], trouble: &mut Trouble) -> bool {
        let mut pipeline = redis::pipe();
        for (key, _) in self.queues.iter().flat_map(SampledQueue::lists) {
            pipeline.llen(key).lindex(key, 0);
        }
        // A list that cannot be read must not hide the others.
        pipeline.ignore_errors();
        let mut answers = match link.query_pipeline::<Vec<RedisResult<Value>>>(&pipeline).await {
            Ok(answers) => {
                if let Some(failures) = trouble.is_over() {
                    tracing::warn!(failures, "the queues are looked at again");
                }
                answers.into_iter()
            }
            Err(error) => {
                if trouble.is_news_from_redis(&error) {
                    tracing::warn!(%error, "the queues could not be looked at");
                }
                self.queues.iter().for_each(|queue| FAILURES.with(queue.queue).increment(1));
                return false;
            }
        };
        for (queue, seen) in self.queues.iter().zip(seen) {
            let lists = queue.lists().map(|(key, gauges)| (key, gauges, answers.next(), answers.next()));
            let mut complete = true;
            for (key, [depth, oldest], length, first) in lists.collect::<Vec<_>>() {
                match self.read(length, first) {
                    Ok((length, age)) => {
                        depth.with(queue.queue).set(length);
                        if self.enqueued_at.is_some() {
                            oldest.with(queue.queue).set(age);
                        }
                    }
                    Err(error) => {
                        if seen.trouble.is_news(key) {
                            tracing::warn!(key, %error, "a list of jobs could not be looked at");
                        }
                        complete = false;
                    }
                }
            }
            if complete {
                if let Some(failures) = seen.trouble.is_over() {
                    tracing::warn!(
                        queue = queue.queue.as_str(),
                        failures,
                        "all lists of the queue are looked at again"
                    );
                }
                *seen = Seen::now();
            } else {
                FAILURES.with(queue.queue).increment(1);
            }
        }
        true
    }

    /// The length of a list, and the age of its first element in seconds: 0 where there is none, `NaN` where it does not
    /// say.
    fn read(&self, length: Option<RedisResult<Value>>, first: Option<RedisResult<Value>>) -> RedisResult<(f64, f64)> {
        let length: f64 = redis::from_redis_value(length.unwrap_or(Ok(Value::Nil))?)?;
        let first: Option<Vec<u8>> = redis::from_redis_value(first.unwrap_or(Ok(Value::Nil))?)?;
        let age = match (&first, &self.enqueued_at) {
            (Some(job), Some(read)) => catch_panic(|| read(job)).flatten().map_or(f64::NAN, age_in_seconds),
            _ => 0.0,
        };
        Ok((length, age))
    }

    fn show_ages(&self, seen: &mut [Seen]) {
        for (queue, seen) in self.queues.iter().zip(seen) {
            let age = seen.at.elapsed();
            SAMPLE_AGE.with(queue.queue).set(age.as_secs_f64());
            if age > self.interval * MISSED && !seen.withdrawn {
                seen.withdrawn = true;
                for [depth, oldest] in queue.lists().map(|(_, gauges)| gauges) {
                    depth.with(queue.queue).set(f64::NAN);
                    if self.enqueued_at.is_some() {
                        oldest.with(queue.queue).set(f64::NAN);
                    }
                }
            }
        }
    }
}

/// Other machines' clocks may be ahead.
fn age_in_seconds(time: SystemTime) -> f64 {
    time.elapsed().unwrap_or_default().as_secs_f64()
}

/// When a queue was last looked at with success.
#[derive(Debug)]
struct Seen {
    at: Instant,
    /// Whether its values are shown no longer.
    withdrawn: bool,
    /// Which of its lists could not be read since.
    trouble: Trouble,
}

impl Seen {
    fn now() -> Self {
        Self { at: Instant::now(), withdrawn: false, trouble: Trouble::default() }
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
