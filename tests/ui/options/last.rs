//! The time of the last call that ended `ok`.

use metrics_runtime::{Label, counted, declare_metrics, timed};

#[derive(Clone, Copy, Label)]
enum Step {
    Voice,
}

declare_metrics! {
    /// Imports.
    counter IMPORTS = "imports_total", labels(step: Step);
    /// When.
    gauge WHEN = "when_timestamp_seconds";
}

#[counted(counter = "a_total", last = WHEN)]
fn a_declared_metric() {}

#[counted(counter = "b_total", last)]
fn without_a_name() {}

#[counted(counter = "c_total", last = "c_last_success")]
fn without_the_unit() {}

#[counted(counter = "d_total", last = "d_timestamp_seconds")]
#[counted(counter = "e_total", last = "d_timestamp_seconds")]
fn one_name_for_two() {}

#[counted(counter = IMPORTS, last = "f_timestamp_seconds", labels(step))]
fn the_labels_of_a_declaration(step: Step) {
    let _ = step;
}

#[timed(histogram = "g_seconds", last = "g_timestamp_seconds")]
fn at_another_attribute() {}

fn main() {}
