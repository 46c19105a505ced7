//! Alerts on queues.

use std::time::Duration;

use super::alert::{Alert, AlertTest, Severity, Values};
use super::program::{Program, has_label};
use super::promql::duration;
use super::template::Shown;
use super::words;
use crate::{Kind, Metric};

const DEPTH: &str = "queue_depth";
const OLDEST_JOB: &str = "queue_oldest_job_age_seconds";
const SAMPLE_AGE: &str = "queue_sample_age_seconds";
/// For how long the depth is taken for known after the last scrape.
const LAST_KNOWN: &str = "1h";

pub(super) fn alerts(program: Program<'_>) -> Vec<Alert> {
    [deep(program), not_served(program), oldest_job(program), unknown(program)].into_iter().flatten().collect()
}

/// A metric of queues: its series, and how texts name its queue.
struct QueueGauge<'a> {
    metric: &'a Metric,
    by: &'static str,
    queue: &'static str,
    labels: Vec<(&'static str, String)>,
}

impl<'a> QueueGauge<'a> {
    fn find(program: Program<'a>, name: &str) -> Option<Self> {
        let metric = program.metric(name, Kind::Gauge)?;
        let mut labels = vec![("job", program.test_job())];
        if !has_label(metric, "queue") {
            return Some(Self { metric, by: "job", queue: "The queue", labels });
        }
        let queue = metric.labels().iter().find(|label| label.name() == "queue" && label.is_closed()).cloned();
        let queue = queue.and_then(|label| label.values().first().copied()).unwrap_or("x");
        labels.push(("queue", queue.to_owned()));
        Some(Self { metric, by: "job, queue", queue: "The queue `{{ $labels.queue }}`", labels })
    }

    /// The largest value that an instance has for each queue. Each worker samples the same queues.
    fn most(&self, program: Program<'_>) -> String {
        format!("max by ({}) ({})", self.by, program.select(self.metric.name(), &[]))
    }

    fn test(&self, wait: Duration, program: Program<'_>, fires: f64, silent: f64, shown: Shown) -> AlertTest {
        AlertTest {
            fires: vec![program.series(self.metric, "", &[], Values::Constant(fires))],
            silent: vec![program.series(self.metric, "", &[], Values::Constant(silent))],
            labels: self.labels.clone(),
            value: (shown, fires),
            ..AlertTest::after(Duration::ZERO, wait)
        }
    }
}

fn deep(program: Program<'_>) -> Option<Alert> {
    let gauge = QueueGauge::find(program, DEPTH)?;
    let (jobs, wait) = (program.options.queue_depth, program.options.queue_deep_for);
    #[expect(clippy::cast_precision_loss, reason = "a queue has fewer jobs than 2^53")]
    let (more, at_most) = ((jobs + 1) as f64, jobs as f64);
    Some(Alert {
        name: "QueueDeep".to_owned(),
        expr: format!("{} > {jobs}", gauge.most(program)),
        wait,
        severity: Severity::Ticket,
        labels: Vec::new(),
        summary: format!("{} has {} waiting jobs.", gauge.queue, Shown::Count.code()),
        description: format!(
            "More than {jobs} jobs have been waiting for {}. Look first whether all workers run, and whether jobs have become \
             slower or fail more often than before. Add workers, or mend what slows them down. If so many jobs are normal \
             here, raise `AlertOptions::queue_depth`.",
            words::time(wait)
        ),
        test: gauge.test(wait, program, more, at_most, Shown::Count),
    })
}

fn not_served(program: Program<'_>) -> Option<Alert> {
    let gauge = QueueGauge::find(program, DEPTH)?;
    let completed = program.metric(&program.options.completed_jobs, Kind::Counter)?;
    // The time without a completed job is that of the window, and then that of `for`.
    let time = program.options.queue_not_served_for.max(Duration::from_secs(3));
    let window = Duration::from_secs(time.as_secs().div_ceil(3));
    let wait = time.saturating_sub(window);
    let increase = program.over("increase", completed.name(), &[], &duration(window));
    let test = AlertTest {
        step: AlertTest::after(window, wait).step,
        at: AlertTest::after(window, wait).at,
        ..gauge.test(wait, program, 1.0, 1.0, Shown::Count)
    };
    let completing = |by: u32| program.series(completed, "", &[], Values::Growing(by));
    let with = |mut series: Vec<_>, by: u32| {
        series.push(completing(by));
        series
    };
    Some(Alert {
        name: "QueueNotServed".to_owned(),
        expr: format!("{} > 0\nunless on (job) {} > 0", last_depth(program, gauge.by), increase),
        wait,
        severity: Severity::Page,
        labels: Vec::new(),
        summary: format!("{} has {} waiting jobs, and none is completed.", gauge.queue, Shown::Count.code()),
        description: format!(
            "Jobs have been waiting for {}, and `{}` has not grown. Look first whether a worker runs, then at its log: it may be \
             paused, hang in a call, or fail each job. If a job can take this long, raise \
             `AlertOptions::queue_not_served_for`.",
            words::time(time),
            completed.name()
        ),
        test: AlertTest { fires: with(test.fires, 0), silent: with(test.silent, 1), ..test },
    })
}

/// The depth of each queue, or the one that was seen last: workers that are gone cannot say it.
fn last_depth(program: Program<'_>, by: &str) -> String {
    let depth = program.select(DEPTH, &[]);
    format!("(\n  max by ({by}) ({depth})\n  or max by ({by}) (last_over_time({depth}[{LAST_KNOWN}]))\n)")
}

/// Whether jobs wait, as an expression for an `and on ()`, with its series for a test. The queue may be sampled by another job.
pub(super) fn jobs_wait(program: Program<'_>) -> Option<(String, &Metric)> {
    let metric = program.metric(DEPTH, Kind::Gauge)?;
    let by = if has_label(metric, "queue") { "queue" } else { "" };
    Some((format!("{} > 0", last_depth(Program { job: None, ..program }, by)), metric))
}

fn oldest_job(program: Program<'_>) -> Option<Alert> {
    let gauge = QueueGauge::find(program, OLDEST_JOB)?;
    let age = program.options.oldest_job;
    Some(Alert {
        name: "QueueOldestJobTooOld".to_owned(),
        expr: format!("{} > {}", gauge.most(program), age.as_secs_f64()),
        wait: Duration::ZERO,
        severity: Severity::Ticket,
        labels: Vec::new(),
        summary: format!("{} has a job that has waited for {}.", gauge.queue, Shown::Duration.code()),
        description: format!(
            "A job has waited for more than {}. Look first whether the queue is deep and whether all workers run. If it is not \
             deep, look at the order in which workers take jobs: the job may be one that is put back again and again. If such a \
             wait is normal here, raise `AlertOptions::oldest_job`.",
            words::time(age)
        ),
        test: gauge.test(Duration::ZERO, program, age.as_secs_f64().floor() + 1.0, age.as_secs_f64(), Shown::Duration),
    })
}

fn unknown(program: Program<'_>) -> Option<Alert> {
    let gauge = QueueGauge::find(program, SAMPLE_AGE)?;
    let age = program.options.sample_age;
    let wait = Duration::ZERO;
    Some(Alert {
        name: "QueueUnknown".to_owned(),
        // One instance that has a fresh sample is enough.
        expr: format!("min by ({}) ({}) > {}", gauge.by, program.select(gauge.metric.name(), &[]), age.as_secs_f64()),
        wait,
        severity: Severity::Page,
        labels: Vec::new(),
        summary: format!("{} was last sampled {} ago.", gauge.queue, Shown::Duration.code()),
        description: format!(
            "No instance has sampled the queue for more than {}, so its depth is not known, and the other alerts on it are \
             silent. Look first whether Redis answers, and whether the queue's key holds a list. The log of the program says \
             why samples fail. The limit is `AlertOptions::sample_age`.",
            words::time(age)
        ),
        test: gauge.test(wait, program, age.as_secs_f64().floor() + 1.0, age.as_secs_f64(), Shown::Duration),
    })
}
