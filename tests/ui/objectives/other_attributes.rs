use metrics_runtime::{counted, declare_metrics, in_flight, timed};

#[in_flight(gauge = "drawing", objective(percent = 99))]
fn of_a_gauge() {}

#[counted(counter = "draws_total", objective(percent = 99))]
fn of_all_calls() {}

#[counted(counter = "drawn_total", on = ok, objective(percent = 99))]
fn of_good_calls() {}

declare_metrics! {
    /// Waits.
    histogram WAIT = "wait_seconds", objective(percent = 99, under = 1);
}

#[derive(Clone, Copy, metrics_runtime::Label)]
enum Result { Win, Draw }

#[timed(
    histogram = "game_seconds",
    labels(outcome: Result = Result::Win),
    objective(percent = 99, under = 1),
)]
fn another_outcome() {}

#[timed(histogram = "merge_seconds")]
#[counted(counter = "merges_total", on = ok, labels(first: bool = true))]
#[counted(counter = "merges_total", on = failure, labels(first: bool = true), objective(percent = 99))]
fn counts_good_calls_too() {}

fn main() {}
