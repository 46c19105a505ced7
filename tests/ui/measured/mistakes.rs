//! What `#[measured]` refuses.

use metrics_runtime::{Label, counted, counted_failure, in_flight, measured, timed};

#[derive(Clone, Copy, Label)]
enum Step {
    Draw,
}

#[measured(labels(step))]
fn alone(step: Step) {
    let _ = step;
}

#[measured(labels(step))]
#[measured(labels(other))]
#[counted(counter = "b_total")]
fn twice(step: Step, other: Step) {
    let _ = (step, other);
}

#[measured(labels(step), histogram = "c_seconds")]
#[timed(histogram = "c_seconds")]
fn with_a_metric(step: Step) {
    let _ = step;
}

#[measured(labels(step), buckets(1))]
#[counted(counter = "d_total")]
fn with_buckets_for_nobody(step: Step) {
    let _ = step;
}

#[measured(labels(stpe))]
#[timed(histogram = "e_seconds")]
#[counted(counter = "e_total")]
#[in_flight(gauge = "e")]
fn reported_once(step: Step) {
    let _ = step;
}

#[measured(labels(step))]
#[timed(histogram = "f_seconds", labels(step))]
fn with_a_label_twice(step: Step) {
    let _ = step;
}

#[measured(labels(step: Step = |step| *step))]
#[timed(histogram = "g_seconds")]
#[in_flight(gauge = "g")]
fn with_a_label_that_does_not_suit_all() -> Step {
    Step::Draw
}

#[measured(labels(outcome))]
#[counted_failure(counter = "h_failures_total")]
fn with_an_outcome_that_is_there() {}

#[measured(job_id)]
#[timed(histogram = "i_seconds")]
fn without_labels(job_id: u64) {
    let _ = job_id;
}

#[measured(labels(job_id))]
#[timed(histogram = "j_seconds")]
#[counted(counter = "j_total")]
fn with_a_refused_name(job_id: u64) {
    let _ = job_id;
}

#[measured]
#[timed(histogram = "k_seconds")]
fn with_nothing() {}

fn main() {}
