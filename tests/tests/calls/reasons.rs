//! Failure reasons that the user defines.

use std::io;

use metrics_runtime::{Failure, FailureReason, Label, Reason, counted_failure};

use super::support::{cancel, finish, metrics, panics, sure, value};

#[derive(Clone, Copy, Debug, PartialEq, Label)]
enum DrawingReason {
    Timeout,
    Rejected,
    Unreachable,
}

#[derive(Debug, Failure)]
#[failure(reason: DrawingReason)]
enum DrawingError {
    #[failure(timeout, reason = Timeout)]
    TooLong,
    #[failure(error, reason = Rejected)]
    Refused(#[allow(dead_code, reason = "it is not read")] String),
    #[failure(source, reason = Unreachable)]
    Network(io::Error),
    #[failure(source)]
    Again(Box<DrawingError>),
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    Ok,
    TooLong,
    Refused,
    Network,
    Again,
    Panic,
    Wait,
}

fn end(end: End) -> Result<u32, DrawingError> {
    Err(match end {
        End::Ok => return Ok(1),
        End::TooLong => DrawingError::TooLong,
        End::Refused => DrawingError::Refused("no such model".to_owned()),
        End::Network => DrawingError::Network(io::ErrorKind::ConnectionRefused.into()),
        End::Again => DrawingError::Again(Box::new(DrawingError::TooLong)),
        End::Panic | End::Wait => panic!("on purpose"),
    })
}

#[counted_failure(counter = "reasons_drawing_failures_total", reason: DrawingReason, labels(large))]
async fn draw(how: End, large: bool) -> Result<u32, DrawingError> {
    let _ = large;
    if how == End::Wait {
        std::future::pending::<()>().await;
    }
    end(how)
}

#[test]
fn each_error_is_counted_by_its_own_reason() {
    metrics();
    assert!(finish(draw(End::Ok, true)).is_ok());
    for how in [End::TooLong, End::Refused, End::Network, End::Again] {
        assert!(finish(draw(how, true)).is_err());
    }
    panics(|| finish(draw(End::Panic, true)));
    cancel(draw(End::Wait, true));
    let seen = |reason: &str| sure(&format!("reasons_drawing_failures_total{{large=\"true\",reason=\"{reason}\"}}"));
    assert_eq!(
        ["timeout", "rejected", "unreachable", "cancelled", "panic"].map(seen),
        [2.0, 1.0, 1.0, 1.0, 1.0],
        "the error that is wrapped in another is the second timeout"
    );
    for reason in ["timeout", "rejected", "unreachable", "cancelled", "panic"] {
        assert_eq!(sure(&format!("reasons_drawing_failures_total{{large=\"false\",reason=\"{reason}\"}}")), 0.0);
    }
    // `error` is only for an error whose reason panics.
    assert_eq!(value("reasons_drawing_failures_total{large=\"true\",reason=\"error\"}"), None);
}

#[test]
fn a_user_defined_error_has_an_outcome_too() {
    assert_eq!(DrawingError::TooLong.reason(), Reason::Timeout);
    assert_eq!(DrawingError::Again(Box::new(DrawingError::TooLong)).reason(), Reason::Timeout);
    assert_eq!(DrawingError::Network(io::ErrorKind::TimedOut.into()).reason(), Reason::Timeout);
    assert_eq!(DrawingError::Refused(String::new()).failure_reason(), DrawingReason::Rejected);
}

/// An error that panics when it is asked for its reason.
struct PanickingReason;

impl FailureReason<DrawingReason> for PanickingReason {
    fn failure_reason(&self) -> DrawingReason {
        panic!("it has no reason")
    }
}

#[counted_failure(counter = "reasons_panicking_failures_total", reason: DrawingReason)]
fn fail() -> Result<(), PanickingReason> {
    Err(PanickingReason)
}

#[test]
fn a_reason_that_panics_is_counted_as_error_and_the_program_goes_on() {
    metrics();
    assert!(fail().is_err());
    assert_eq!(sure("reasons_panicking_failures_total{reason=\"error\"}"), 1.0);
}
