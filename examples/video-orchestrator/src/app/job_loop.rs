//! Takes jobs from the queue, and has the worker do them, until there is a reason to stop.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tracing::Instrument as _;

use super::attempt_span::attempt_span;
use super::job_outcome::{Acknowledgement, is_as_intended, outcome_line};
use super::pauses::Pauses;
use super::shutdown::Shutdown;
use super::tally::Tally;
use crate::jobs::{Trouble, WorkError, Worker, parse_or_report};
use crate::queue::{Completion, Delivery, JobFailure, JobQueue, QueueError, Verdict};
use crate::report::{OutageLog, Progress, failure_text};
use crate::traces::{in_remote_parent, watched};

/// How long one call waits for a job, and so how late a signal may be noticed.
const MAX_WAIT: Duration = Duration::from_secs(1);
/// The same with `--once`, where the program ends when there is no job.
const MAX_WAIT_ONCE: Duration = Duration::from_millis(50);
/// How long to wait before the queue is asked again after an error.
const PAUSE: Duration = Duration::from_secs(1);
/// How often the end of the last job is reported while the queue does not answer and the program must end.
const LAST_ATTEMPTS: u32 = 10;

/// The loop, with what it needs.
pub(crate) struct JobLoop<'a> {
    queue: &'a Arc<JobQueue>,
    worker: &'a Arc<Worker>,
    progress: &'a Progress,
    shutdown: &'a Shutdown,
    take_outages: OutageLog,
    report_outages: OutageLog,
}

impl<'a> JobLoop<'a> {
    pub(crate) fn new(
        queue: &'a Arc<JobQueue>,
        worker: &'a Arc<Worker>,
        progress: &'a Progress,
        shutdown: &'a Shutdown,
    ) -> Self {
        Self {
            queue,
            worker,
            progress,
            shutdown,
            take_outages: OutageLog::new("no job could be taken"),
            report_outages: OutageLog::new("the end of a job could not be reported to the queue"),
        }
    }

    /// Does jobs until a signal comes; with `once`, until there is none.
    pub(crate) async fn run(&self, once: bool, tally: &mut Tally) -> anyhow::Result<()> {
        self.show_waiting(0).await;
        let mut pauses = Pauses::new();
        let max_wait = if once { MAX_WAIT_ONCE } else { MAX_WAIT };
        while !self.shutdown.is_requested() {
            match self.queue.take(max_wait).await {
                Ok(taken) => {
                    self.take_outages.record_success();
                    match taken {
                        Some(delivery) => {
                            if let Some(trouble) = self.handle(delivery, once, tally, &mut pauses).await {
                                pauses.wait(trouble, self.worker, self.shutdown).await;
                            }
                        }
                        None if once => break,
                        None => {}
                    }
                }
                Err(error) if once => return Err(error.into()),
                Err(error) => {
                    self.take_outages.record_failure(error.kind(), &error);
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        Ok(())
    }

    /// Shows how many jobs wait or are in progress, where this is shown.
    async fn show_waiting(&self, in_progress: u64) {
        if self.progress.shows_waiting()
            && let Ok(waiting) = self.queue.len().await
        {
            self.progress.set_waiting(waiting + in_progress);
        }
    }

    /// Does a job, and reports its end. Returns what keeps the worker itself from doing jobs; then the job is given back. With
    /// `once` the job has failed there: the caller waits for the end of the program.
    async fn handle(
        &self,
        mut delivery: Delivery,
        once: bool,
        tally: &mut Tally,
        pauses: &mut Pauses,
    ) -> Option<Trouble> {
        let renewal = LeaseRenewal(tokio::spawn(Arc::clone(self.queue).hold(delivery.clone())));
        let job = match parse_or_report("the queue", &delivery.text, self.progress) {
            Ok(job) => job,
            Err(error) => {
                tally.rejected += 1;
                let failure = JobFailure::now(failure_text(&error));
                self.report(async || self.queue.reject(&delivery, &failure).await).await;
                return None;
            }
        };
        self.show_waiting(1).await;
        self.progress.job_started(job.name(), job.images());
        let started = Instant::now();
        let span = attempt_span(&job, &mut delivery, self.queue).await;
        let task = tokio::spawn({
            let (worker, job, attempt) = (Arc::clone(self.worker), job.clone(), delivery.attempt);
            let parent = job.traceparent.parent();
            let work = async move { watched(worker.run_job(&job, attempt)).await };
            in_remote_parent(parent, work.instrument(span))
        });
        // A panic in a job must not end the program.
        let result = task.await.unwrap_or_else(|panic| Err(WorkError::Panic(panic)));
        if let (Err(error), false) = (&result, once)
            && let Some(trouble) = self.worker.trouble(error).await
            && (!error.is_restart() || pauses.excuses_restart(&job.name()))
        {
            pauses.begin(trouble, &job.name(), &failure_text(error), self.progress);
            self.report(async || self.queue.release(&delivery).await).await;
            self.progress.job_given_back();
            return Some(trouble);
        }
        pauses.end(self.progress);
        let acknowledgement = match &result {
            Ok(_) => {
                let completion = Completion::now(job.name());
                self.report(async || self.queue.complete(&delivery, &completion).await).await
            }
            Err(error) => {
                let failure = JobFailure::now(failure_text(error));
                self.report(async || self.queue.fail(&delivery, &failure).await).await
            }
        };
        drop(renewal);
        if acknowledgement == Acknowledgement::Answer(Verdict::Accepted) && is_as_intended(&job, &result) {
            tally.as_intended += 1;
        } else {
            tally.not_as_intended += 1;
        }
        self.progress.job_ended(&outcome_line(&job, &result, acknowledgement, started.elapsed()));
        None
    }

    /// Reports to the queue how a job has ended, until the queue answers. Without an answer the job is done again when its
    /// lease expires, so the attempts are limited once the program must end.
    async fn report(&self, mut send: impl AsyncFnMut() -> Result<Verdict, QueueError>) -> Acknowledgement {
        let mut attempts_left = LAST_ATTEMPTS;
        loop {
            match send().await {
                Ok(verdict) => {
                    self.report_outages.record_success();
                    return Acknowledgement::Answer(verdict);
                }
                Err(error) => self.report_outages.record_failure(error.kind(), &error),
            }
            if self.shutdown.is_requested() {
                attempts_left -= 1;
                if attempts_left == 0 {
                    return Acknowledgement::Missing;
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Renews the lease of the current job until this is dropped.
struct LeaseRenewal(JoinHandle<()>);

impl Drop for LeaseRenewal {
    fn drop(&mut self) {
        self.0.abort();
    }
}
