//! Metrics of every kind, with texts that an alert has to survive.

use metrics_runtime::redis::{QUEUE_DEPTH, Queue};
use metrics_runtime::{FailedOutcome, Interned, Label, counted, counted_failure, declare_metrics, in_flight, timed};

#[derive(Clone, Copy, Debug, Label)]
pub(crate) enum Step {
    #[label(rename = "a\"b\\{{ $value }}'%: # é")]
    Hostile,
    Plain,
}

/// A name that is known when the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Label)]
#[label(max_values = 4)]
pub(crate) struct Workflow(Interned);

declare_metrics! {
    /// Jobs that were done.
    pub(crate) counter COMPLETED = "jobs_completed_total", labels(step: Step);
    /// How long a job waited. It is not the time of a call.
    pub(crate) histogram WAITS = "rule_waits_seconds", buckets(0.00005, 1, 2.5, 1000000);
    /// Failures of two functions.
    pub(crate) counter SHARED_FAILED = "rule_shared_failed_total", labels(reason: FailedOutcome);
}

/// Makes an image.
#[timed(
    histogram = "rule_images_seconds",
    labels(step, outcome),
    buckets(10, 300, 600, 1200),
    objective(percent = 99, under = 300)
)]
#[counted_failure(counter = "rule_images_failed_total", labels(workflow))]
#[in_flight(gauge = "rule_images_in_flight", oldest = "rule_images_in_flight_oldest_seconds", labels(step))]
pub(crate) fn image(step: Step, workflow: Workflow) -> Result<(), String> {
    Err(format!("{step:?} {workflow:?}"))
}

/// Draws. Its values have no series before they are used.
#[timed(
    histogram = "rule_draws_seconds",
    labels(workflow, outcome),
    buckets(0.00005, 0.5),
    objective(percent = 93.1, under = 0.00005)
)]
#[counted_failure(counter = "rule_draws_total", labels(workflow), objective(percent = 99.99))]
pub(crate) fn draw(workflow: Workflow) -> Result<(), String> {
    Err(format!("{workflow:?}"))
}

/// Does a job.
#[timed(histogram = "rule_jobs_seconds", objective(percent = 99.5, under = 10))]
#[counted(counter = "rule_jobs_failed_total", on = failure, objective(percent = 99.9))]
#[counted(counter = "rule_jobs_started_total")]
pub(crate) fn job() -> Result<(), String> {
    Ok(())
}

#[counted(counter = "rule_plain_total", on = end, labels(outcome))]
#[counted_failure(counter = "rule_plain_failed_total")]
pub(crate) fn plain() -> Result<(), String> {
    Ok(())
}

/// Loses a race every day. The histogram tells cancelled calls apart.
#[timed(histogram = "rule_races_seconds", labels(outcome))]
#[counted_failure(counter = "rule_races_failed_total", except(cancelled), objective(percent = 99.5))]
pub(crate) async fn race() -> Result<(), String> {
    std::future::ready(Ok(())).await
}

/// Nothing tells its cancelled calls apart.
#[counted(counter = "rule_bets_total")]
#[counted(counter = "rule_bets_failed_total", on = failure, except(cancelled), objective(percent = 99))]
pub(crate) async fn bet() -> Result<(), String> {
    std::future::ready(Ok(())).await
}

#[counted(counter = "rule_ended_total", on = ok, description = "Counted at each end.")]
#[counted(counter = "rule_ended_total", on = failure, description = "Counted at each end.")]
#[timed(histogram = "rule_ended_seconds", buckets(1))]
pub(crate) fn ended() -> Result<(), String> {
    Ok(())
}

#[counted(counter = "rule_hostile_calls_total")]
#[counted_failure(
    counter = "rule_hostile_failures_total",
    labels(step, workflow),
    description = "{{ $value }} {{{{ }} \"quoted\" 'too' \\ %s: # - \n\t\u{85}\u{2028}\u{feff} é {{ \"{{\" }}"
)]
pub(crate) fn hostile(step: Step, workflow: Workflow) -> Result<(), String> {
    Err(format!("{step:?} {workflow:?}"))
}

#[timed(histogram = "rule_shared_seconds")]
#[counted_failure(counter = SHARED_FAILED)]
pub(crate) fn shared() -> Result<(), String> {
    Ok(())
}

#[counted_failure(counter = SHARED_FAILED)]
pub(crate) fn shared_too() -> Result<(), String> {
    Ok(())
}

/// Keeps the linker from leaving them out.
pub(crate) fn link() {
    let workflow = Workflow::new("a");
    let _ = (image(Step::Hostile, workflow), draw(workflow), job(), plain(), ended());
    let _ = (hostile(Step::Plain, workflow), shared(), shared_too());
    drop((race(), bet()));
    COMPLETED.with(Step::Plain).increment(0);
    WAITS.observe(0.0);
    QUEUE_DEPTH.with(Queue::new("a")).set(0.0);
}
