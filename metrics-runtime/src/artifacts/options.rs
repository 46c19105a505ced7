//! The thresholds of the alerts.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// When alerts fire. `docs/guide.md` has a table of the alerts with these options.
///
/// A percentage below 0 counts as 0, and one above 99.9 as 99.9. A time of less than a second, or of more than a year, counts as
/// the nearest of these.
///
/// ```
/// use std::time::Duration;
///
/// use metrics_runtime::artifacts::AlertOptions;
///
/// let alerts = AlertOptions::default()
///     .queue_depth(500)
///     .p95("image_generation_seconds", Duration::from_secs(15 * 60))
///     .failure_percent_of("jobs_failed_total", 10.0)
///     .without("WorkerRestarting");
/// let catalog = metrics_runtime::catalog();
/// let files = catalog.artifacts().job("video").alerts(alerts).files();
/// assert!(files.iter().any(|file| file.name() == "alerts.rules.yml"));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct AlertOptions {
    pub(super) queue_depth: u64,
    pub(super) queue_deep_for: Duration,
    pub(super) queue_not_served_for: Duration,
    pub(super) completed_jobs: String,
    pub(super) oldest_job: Duration,
    pub(super) sample_age: Duration,
    pub(super) failure_percent: f64,
    pub(super) failure_percents: BTreeMap<String, f64>,
    pub(super) window: Duration,
    pub(super) min_failures: u32,
    pub(super) p95: BTreeMap<String, Duration>,
    pub(super) oldest_call: BTreeMap<String, Duration>,
    pub(super) above_buckets_percent: f64,
    pub(super) worker_gone_for: Duration,
    pub(super) scale_to_zero: bool,
    pub(super) restarts: u32,
    pub(super) without: BTreeSet<String>,
}

const MINUTE: Duration = Duration::from_secs(60);
const DEFAULT_PERCENT: f64 = 5.0;

impl Default for AlertOptions {
    fn default() -> Self {
        Self {
            queue_depth: 100,
            queue_deep_for: 10 * MINUTE,
            queue_not_served_for: 15 * MINUTE,
            completed_jobs: "jobs_completed_total".to_owned(),
            oldest_job: 30 * MINUTE,
            sample_age: MINUTE,
            failure_percent: DEFAULT_PERCENT,
            failure_percents: BTreeMap::new(),
            window: 15 * MINUTE,
            min_failures: 3,
            p95: BTreeMap::new(),
            oldest_call: BTreeMap::new(),
            above_buckets_percent: DEFAULT_PERCENT,
            worker_gone_for: 5 * MINUTE,
            scale_to_zero: false,
            restarts: 3,
            without: BTreeSet::new(),
        }
    }
}

impl AlertOptions {
    /// `QueueDeep`: more jobs than this wait. The default is 100.
    pub const fn queue_depth(mut self, jobs: u64) -> Self {
        self.queue_depth = jobs;
        self
    }

    /// `QueueDeep`: for this long. The default is 10 minutes.
    pub fn queue_deep_for(mut self, time: Duration) -> Self {
        self.queue_deep_for = sensible(time);
        self
    }

    /// `QueueNotServed`: jobs have waited, and none was completed, for this long. The default is 15 minutes. It should be longer
    /// than the longest job.
    pub fn queue_not_served_for(mut self, time: Duration) -> Self {
        self.queue_not_served_for = sensible(time);
        self
    }

    /// `QueueNotServed`: the counter of the jobs that were completed. The default is `jobs_completed_total`.
    pub fn completed_jobs(mut self, counter: impl Into<String>) -> Self {
        self.completed_jobs = counter.into();
        self
    }

    /// `QueueOldestJobTooOld`: a job has waited for longer than this. The default is 30 minutes.
    pub fn oldest_job(mut self, age: Duration) -> Self {
        self.oldest_job = sensible(age);
        self
    }

    /// `QueueUnknown`: a queue was last sampled longer ago than this. The default is 1 minute.
    pub fn sample_age(mut self, age: Duration) -> Self {
        self.sample_age = sensible(age);
        self
    }

    /// `…High`: more than this part of the calls of a function have failed. The default is 5.
    pub fn failure_percent(mut self, percent: f64) -> Self {
        self.failure_percent = sensible_percent(percent);
        self
    }

    /// The same for the functions whose failures are counted in this counter.
    pub fn failure_percent_of(mut self, counter: impl Into<String>, percent: f64) -> Self {
        self.failure_percents.insert(counter.into(), sensible_percent(percent));
        self
    }

    /// `…High` and `…Slow`: the time over which calls are counted. The default is 15 minutes. It must be several times the scrape
    /// interval.
    pub fn window(mut self, time: Duration) -> Self {
        self.window = sensible(time);
        self
    }

    /// Alerts on a part of the calls fire only if at least this many calls have failed, so that a quiet function does not alert
    /// for one. The default is 3; the largest is 1000.
    pub fn min_failures(mut self, calls: u32) -> Self {
        self.min_failures = calls.clamp(1, 1000);
        self
    }

    /// `…Slow`: one of 20 calls takes longer than this. The default is `under` of the histogram's objective, or its largest bucket
    /// bound but one.
    pub fn p95(mut self, histogram: impl Into<String>, time: Duration) -> Self {
        self.p95.insert(histogram.into(), time);
        self
    }

    /// `…Stuck`: a call has been running for longer than this. The gauge is that of the age of the oldest call. The default is
    /// twice the largest bucket bound of the function's histogram, or an hour if it has none.
    pub fn oldest_call(mut self, gauge: impl Into<String>, age: Duration) -> Self {
        self.oldest_call.insert(gauge.into(), sensible(age));
        self
    }

    /// `…BucketsTooSmall`: more than this part of the calls take longer than the largest bucket bound. The default is 5.
    pub fn above_buckets_percent(mut self, percent: f64) -> Self {
        self.above_buckets_percent = sensible_percent(percent);
        self
    }

    /// `WorkerGone`: no instance could be scraped for this long. The default is 5 minutes.
    pub fn worker_gone_for(mut self, time: Duration) -> Self {
        self.worker_gone_for = sensible(time);
        self
    }

    /// `WorkerGone`: whether it is normal that no worker runs while no job waits. The alert then fires only while jobs wait, as
    /// far as that is known from the last hour. The default is `false`.
    pub const fn scale_to_zero(mut self, is_normal: bool) -> Self {
        self.scale_to_zero = is_normal;
        self
    }

    /// `WorkerRestarting`: an instance has started this many times within 15 minutes. The default is 3; the largest is 100.
    pub fn restarts(mut self, starts: u32) -> Self {
        self.restarts = starts.clamp(1, 100);
        self
    }

    /// Leaves an alert out. The name is that of `alerts.rules.yml`.
    pub fn without(mut self, alert: impl Into<String>) -> Self {
        self.without.insert(alert.into());
        self
    }
}

fn sensible(time: Duration) -> Duration {
    time.clamp(Duration::from_secs(1), Duration::from_secs(365 * 24 * 60 * 60))
}

fn sensible_percent(percent: f64) -> f64 {
    if percent.is_nan() { DEFAULT_PERCENT } else { percent.clamp(0.0, 99.9) }
}
