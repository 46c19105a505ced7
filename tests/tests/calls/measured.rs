//! `#[measured]`: what the attributes of a function have in common is written once.

use std::cell::Cell;
use std::io;

use metrics_runtime::{Label, counted, counted_failure, declare_metrics, in_flight, measured, observed, timed};

use super::support::{metrics, sure, value};

#[derive(Clone, Copy, Debug, PartialEq, Label)]
enum Step {
    Draw,
    Scale,
}

thread_local! {
    static EVALUATED: Cell<u32> = const { Cell::new(0) };
}

/// Counts how often it is evaluated.
fn size_of(step: Step, prompt: &str) -> Step {
    EVALUATED.set(EVALUATED.get() + 1);
    assert!(!prompt.is_empty(), "on purpose");
    step
}

#[measured(labels(step, size: Step = size_of(step, prompt)), buckets(1, 10))]
#[timed(histogram = "measured_draw_seconds", labels(outcome))]
#[counted(counter = "measured_drawn_total", on = ok)]
#[counted_failure(counter = "measured_draw_failures_total")]
#[in_flight(gauge = "measured_drawing")]
#[observed(histogram = "measured_draw_bytes", value = |drawn| drawn.as_ref().ok().copied(), buckets(5))]
fn draw(step: Step, prompt: &str) -> Result<usize, io::Error> {
    if prompt == "bad" { Err(io::ErrorKind::NotFound.into()) } else { Ok(prompt.len()) }
}

#[test]
fn all_attributes_have_the_labels_which_are_evaluated_once() {
    metrics();
    assert_eq!(draw(Step::Draw, "hello").expect("it is fine"), 5);
    assert_eq!(EVALUATED.replace(0), 1);
    assert!(draw(Step::Scale, "bad").is_err());
    let draw_labels = "step=\"draw\",size=\"draw\"";
    assert_eq!(sure(&format!("measured_draw_seconds_count{{{draw_labels},outcome=\"ok\"}}")), 1.0);
    assert_eq!(sure(&format!("measured_drawn_total{{{draw_labels}}}")), 1.0);
    assert_eq!(sure(&format!("measured_drawing{{{draw_labels}}}")), 0.0);
    assert_eq!(sure(&format!("measured_draw_bytes_sum{{{draw_labels}}}")), 5.0);
    let scale = "step=\"scale\",size=\"scale\"";
    assert_eq!(sure(&format!("measured_draw_failures_total{{{scale},reason=\"error\"}}")), 1.0);
    assert_eq!(sure(&format!("measured_draw_seconds_count{{{scale},outcome=\"error\"}}")), 1.0);
    // The shared buckets, and those of the attribute.
    assert_eq!(sure(&format!("measured_draw_seconds_bucket{{{draw_labels},outcome=\"ok\",le=\"1\"}}")), 1.0);
    assert_eq!(value(&format!("measured_draw_seconds_bucket{{{draw_labels},outcome=\"ok\",le=\"5\"}}")), None);
    assert_eq!(sure(&format!("measured_draw_bytes_bucket{{{draw_labels},le=\"5\"}}")), 1.0);
}

#[test]
fn an_expression_that_panics_is_none_in_all_of_them() {
    metrics();
    assert_eq!(draw(Step::Draw, "").expect("it is fine"), 0);
    assert_eq!(sure("measured_drawn_total{step=\"draw\",size=\"none\"}"), 1.0);
    assert_eq!(sure("measured_draw_seconds_count{step=\"draw\",size=\"none\",outcome=\"ok\"}"), 1.0);
}

#[timed(histogram = "measured_end_seconds", labels(size: Step = |step| size_of(*step, "x")))]
#[counted(counter = "measured_ends_total", on = end, labels(size: Step = |step| size_of(*step, "x")))]
#[measured(error_if = |step| *step == Step::Scale)]
#[counted_failure(counter = "measured_end_failures_total", labels(size: Step = |step| size_of(*step, "x")))]
fn end(step: Step) -> Step {
    step
}

#[test]
fn a_label_that_each_attribute_has_is_evaluated_once_too() {
    metrics();
    EVALUATED.set(0);
    assert_eq!(end(Step::Scale), Step::Scale);
    assert_eq!(EVALUATED.replace(0), 1);
    assert_eq!(sure("measured_end_seconds_count{size=\"scale\"}"), 1.0);
    assert_eq!(sure("measured_ends_total{size=\"scale\"}"), 1.0);
    assert_eq!(sure("measured_end_failures_total{size=\"scale\",reason=\"error\"}"), 1.0);
}

declare_metrics! {
    /// Declared.
    counter DECLARED = "measured_declared_total", labels(step: Step, large: bool);
}

#[timed(histogram = "measured_declared_seconds")]
#[measured(labels(step, large: bool = size_of(step, "x") == Step::Scale))]
#[counted(counter = DECLARED)]
fn with_a_declared_metric(step: Step) {
    let _ = step;
}

#[test]
fn a_declared_metric_shares_them() {
    metrics();
    EVALUATED.set(0);
    with_a_declared_metric(Step::Scale);
    assert_eq!(EVALUATED.replace(0), 1);
    assert_eq!(sure("measured_declared_total{step=\"scale\",large=\"true\"}"), 1.0);
    assert_eq!(sure("measured_declared_seconds_count{step=\"scale\",large=\"true\"}"), 1.0);
}
