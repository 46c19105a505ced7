//! The pauses of a worker that could not do a job for reasons of its own.

use std::time::{Duration, Instant};

use super::shutdown::Shutdown;
use crate::jobs::{Trouble, WORKER_PAUSED, Worker};
use crate::report::Progress;

/// How long to wait before the worker looks again; it doubles.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// The pauses since a job last came to its own end.
#[derive(Debug)]
pub(super) struct Pauses {
    since: Option<Instant>,
    next: Duration,
    /// The job during which the ComfyUI server was last restarted.
    restarted_during: Option<String>,
}

impl Pauses {
    pub(super) fn new() -> Self {
        Self { since: None, next: FIRST_PAUSE, restarted_during: None }
    }

    /// Whether this restart of the ComfyUI server may be its own trouble. Where the same job meets two in a row, it could be
    /// what ends the server.
    pub(super) fn excuses_restart(&mut self, job: &str) -> bool {
        self.restarted_during.replace(job.to_owned()).is_none_or(|earlier| earlier != job)
    }

    /// Logs that the worker pauses: once, also where it pauses again before it has done a job.
    pub(super) fn begin(&mut self, trouble: Trouble, job: &str, error: &str, progress: &Progress) {
        if self.since.is_none() {
            self.since = Some(Instant::now());
            progress
                .line(&format!("paused    {job} is given back, and no job is taken until {}: {error}", trouble.end()));
        }
    }

    /// Waits until the trouble is over, or a signal comes.
    pub(super) async fn wait(&mut self, trouble: Trouble, worker: &Worker, shutdown: &Shutdown) {
        WORKER_PAUSED.with(trouble).set(1.0);
        let is_over = async {
            loop {
                tokio::time::sleep(self.next).await;
                self.next = (self.next * 2).min(MAX_PAUSE);
                if !worker.has_trouble(trouble).await {
                    return;
                }
            }
        };
        tokio::select! {
            () = is_over => {}
            () = shutdown.clone().requested() => {}
        }
        WORKER_PAUSED.with(trouble).set(0.0);
    }

    /// A job has come to its own end.
    pub(super) fn end(&mut self, progress: &Progress) {
        if let Some(since) = self.since {
            progress.line(&format!("resumed   jobs are done again after {:.0} s", since.elapsed().as_secs_f64()));
        }
        *self = Self::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_meets_two_restarts_in_a_row_is_not_excused() {
        let mut pauses = Pauses::new();
        let jobs = ["a", "a", "b", "a", "a"];
        assert_eq!(jobs.map(|job| pauses.excuses_restart(job)), [true, false, true, true, false]);
    }
}
