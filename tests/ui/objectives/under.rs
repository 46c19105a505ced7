use metrics_runtime::{counted, counted_failure, timed};

#[timed(histogram = "a_seconds", objective(percent = 99))]
fn missing() {}

#[counted(counter = "b_total")]
#[counted_failure(counter = "b_failures_total", objective(percent = 99, under = 1))]
fn of_failures() {}

#[timed(histogram = "c_seconds", objective(percent = 99, under = 500ms))]
fn with_a_unit() {}

#[timed(histogram = "d_seconds", objective(percent = 99, under = "1"))]
fn quoted() {}

#[timed(histogram = "e_seconds", objective(percent = 99, under = -1))]
fn negative() {}

#[timed(histogram = "f_seconds", objective(percent = 99, under = 1e999))]
fn infinite() {}

#[timed(histogram = "g_seconds", objective(percent = 99, under = Duration::from_secs(1)))]
fn a_duration() {}

fn main() {}
