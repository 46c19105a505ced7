//! What `except(…)` takes, and where.

use metrics_runtime::{counted, counted_failure, timed};

#[counted_failure(counter = "a_total", except(timeout))]
async fn another_outcome() {}

#[counted_failure(counter = "b_total", except)]
async fn without_a_list() {}

#[counted_failure(counter = "c_total", except())]
async fn an_empty_list() {}

#[counted_failure(counter = "d_total", except(cancelled, panic))]
async fn two_outcomes() {}

#[counted(counter = "e_total", on = end, except(cancelled))]
async fn not_of_failures() {}

#[timed(histogram = "f_seconds", except(cancelled))]
async fn of_durations() {}

#[counted_failure(counter = "g_total", except(cancelled), except(cancelled))]
async fn twice() {}

fn main() {}
