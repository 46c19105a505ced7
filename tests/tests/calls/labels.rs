//! Labels from parameters, from expressions, and from the returned value.

use metrics_runtime::{Label, counted, timed};

use super::support::{cancel, finish, metrics, sure, value};

#[derive(Clone, Copy, Debug, Label)]
enum Step {
    Text2image,
    Upscale,
}

#[derive(Clone, Copy, Debug, Label)]
enum Class {
    #[label(rename = "2xx")]
    Success,
    #[label(rename = "5xx")]
    ServerError,
}

impl Class {
    fn of(result: &Result<u16, String>) -> Self {
        match result {
            Ok(200..300) => Self::Success,
            Ok(_) => Self::ServerError,
            Err(error) => panic!("there is no class for {error}"),
        }
    }
}

struct Worker {
    step: Step,
}

impl Worker {
    #[counted(
        counter = "label_sources_total",
        on = end,
        labels(
            step: Step = self.step,
            retried,
            optional,
            borrowed,
            constant: Class = Class::Success,
            status: Class = |result| Class::of(result),
        ),
    )]
    #[allow(clippy::needless_lifetimes, reason = "a named lifetime is another shape")]
    fn send<'a>(
        &self,
        retried: bool,
        optional: Option<Step>,
        borrowed: &'a Step,
        answer: Result<u16, String>,
    ) -> Result<u16, String> {
        let _ = (retried, optional, borrowed);
        answer
    }
}

#[test]
fn a_label_comes_from_a_parameter_an_expression_or_the_result() {
    metrics();
    let worker = Worker { step: Step::Upscale };
    let series = |retried: bool, optional: &str, borrowed: &str, status: &str| {
        sure(&format!(
            "label_sources_total{{step=\"upscale\",retried=\"{retried}\",optional=\"{optional}\",\
             borrowed=\"{borrowed}\",constant=\"2xx\",status=\"{status}\"}}"
        ))
    };
    worker.send(true, None, &Step::Upscale, Ok(200)).expect("it succeeds");
    assert_eq!(series(true, "none", "upscale", "2xx"), 1.0);
    worker.send(false, Some(Step::Text2image), &Step::Text2image, Ok(503)).expect("it succeeds");
    assert_eq!(series(false, "text2image", "text2image", "5xx"), 1.0);
    // A panic of the label does not reach the caller, which gets the error; the label has no value.
    worker.send(true, None, &Step::Upscale, Err("odd".to_owned())).expect_err("it fails");
    assert_eq!(series(true, "none", "upscale", "none"), 1.0);
}

#[counted(counter = "result_label_total", on = end, labels(status: Option<Class> = |result| result.as_ref().ok().copied(), outcome))]
async fn classified(answer: Option<Result<Class, ()>>) -> Result<Class, ()> {
    match answer {
        Some(answer) => answer,
        None => std::future::pending().await,
    }
}

#[test]
fn a_label_of_the_result_is_none_without_a_result() {
    metrics();
    finish(classified(Some(Ok(Class::Success)))).expect("it succeeds");
    finish(classified(Some(Err(())))).expect_err("it fails");
    cancel(classified(None));
    assert_eq!(sure("result_label_total{status=\"2xx\",outcome=\"ok\"}"), 1.0);
    assert_eq!(sure("result_label_total{status=\"none\",outcome=\"error\"}"), 1.0);
    assert_eq!(sure("result_label_total{status=\"none\",outcome=\"cancelled\"}"), 1.0);
}

fn bad_label(panic: bool) -> Step {
    assert!(!panic, "on purpose");
    Step::Upscale
}

#[timed(histogram = "panicking_label_seconds", labels(step: Step = bad_label(panic)))]
fn with_panicking_label(panic: bool) -> u32 {
    u32::from(panic)
}

#[test]
fn a_panic_in_a_label_does_not_reach_the_program() {
    metrics();
    assert_eq!(value("panicking_label_seconds_count{step=\"none\"}"), None);
    assert_eq!(with_panicking_label(true), 1);
    assert_eq!(with_panicking_label(false), 0);
    assert_eq!(sure("panicking_label_seconds_count{step=\"none\"}"), 1.0);
    assert_eq!(sure("panicking_label_seconds_count{step=\"upscale\"}"), 1.0);
}

#[counted(counter = "moved_label_total", labels(step))]
fn moves(step: Step, text: String) -> String {
    let moved = (step, text);
    moved.1
}

#[test]
fn labels_are_read_before_the_arguments_are_moved() {
    metrics();
    assert_eq!(moves(Step::Upscale, "x".to_owned()), "x");
    assert_eq!(sure("moved_label_total{step=\"upscale\"}"), 1.0);
}

/// A `Label` written by hand that returns an index out of its range.
struct Wild(usize);

impl Label for Wild {
    const CARDINALITY: usize = 2;

    fn index(&self) -> usize {
        self.0
    }

    fn value(index: usize) -> Option<&'static str> {
        ["tame", "wild"].get(index).copied()
    }
}

#[counted(counter = "wild_label_total", labels(wild, after))]
fn wild(wild: Wild, after: bool) {}

#[test]
fn an_index_out_of_range_does_not_change_other_labels() {
    metrics();
    wild(Wild(usize::MAX), false);
    wild(Wild(3), false);
    assert_eq!(sure("wild_label_total{wild=\"wild\",after=\"false\"}"), 2.0);
    assert_eq!(sure("wild_label_total{wild=\"tame\",after=\"true\"}"), 0.0);
}

#[test]
fn series_are_there_at_zero_before_the_first_call() {
    #[counted(counter = "never_called_total", labels(step))]
    #[allow(dead_code)]
    fn never_called(step: Step) {}

    metrics();
    assert_eq!(sure("never_called_total{step=\"text2image\"}"), 0.0);
    assert_eq!(sure("never_called_total{step=\"upscale\"}"), 0.0);
}
