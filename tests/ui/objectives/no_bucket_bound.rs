use metrics_runtime::{declare_metrics, timed};

declare_metrics! {
    /// Waits.
    histogram WAIT = "wait_seconds", buckets(0.5, 1, 2.5);
}

#[timed(
    histogram = "draw_seconds",
    buckets(10, 20, 40, 60, 120, 300, 600, 1200),
    objective(percent = 99, under = 250),
)]
fn between_two() {}

#[timed(histogram = "fetch_seconds", objective(percent = 99, under = 0.3))]
fn of_the_default_buckets() {}

#[timed(histogram = "read_seconds", buckets(1, 10), objective(percent = 99, under = 0.25))]
fn below_the_first() {}

#[timed(histogram = "render_seconds", buckets(1, 10), objective(percent = 99, under = 60))]
async fn above_the_last() {}

#[timed(histogram = WAIT, objective(percent = 99, under = 2))]
fn of_a_declared_metric() {}

#[timed(histogram = WAIT, objective(percent = 99, under = 2.5))]
fn a_bound_of_a_declared_metric() {}

struct Generic<T>(T);

impl<T: Send> Generic<T> {
    #[timed(histogram = "run_seconds", buckets(1, 10), objective(percent = 99, under = 5), labels(outcome))]
    async fn of_a_generic_function(&self) {}
}

fn main() {}
