//! The terms of users' code: kinds of metrics, outcomes of calls, labels, failures.

mod kind;
mod unit;
mod outcome;
mod label;
mod parse_label_error;
mod failure;
mod ends_call;
#[cfg(feature = "axum")]
mod http_status;
mod pointers;
mod derived_failures;
mod chain;
mod known_failures;
mod error_ladder;
mod classification;
mod future_probe;
mod in_place;
mod known_type;
mod branch;
#[cfg(feature = "exemplars")]
mod trace_context;

pub use branch::{Branch, ConvertedError, FromResidual};
pub use classification::{
    EndByType, Fallible, Returned, Source, SourceOfOptional, SourceOfValue, outcome, outcome_error_if, outcome_ok_if,
    reason_of, reason_of_failure, reason_of_source,
};
pub use derived_failures::{Derived, FAILURES, FindError, FindFailure, FindValue};
pub use ends_call::EndsCall;
pub use error_ladder::{ReasonByType, ReasonOfNoError, ReasonOfUnclear};
pub use failure::{DerivedFailure, Failure, FailureReason, Reason};
pub use future_probe::{Probe, ProbeFuture, ProbeValue, has_run};
#[cfg(feature = "axum")]
pub use http_status::{HttpStatus, server_error};
#[cfg(feature = "stream")]
pub use in_place::StreamInPlace;
pub use in_place::{FutureInPlace, InPlace, ValueInPlace, has_run_in_place, value_of};
pub use kind::Kind;
pub use known_type::{ErrorOfAny, ErrorOfResult, KnownType};
pub(crate) use label::CappedValues;
pub use label::{Capped, Label, LabelData};
pub use outcome::{FailedOutcome, Outcome};
pub use parse_label_error::{ParseLabelError, parse_label_error};
#[cfg(feature = "exemplars")]
pub use trace_context::{InvalidTraceContext, TraceContext};
pub use unit::{DEFAULT_BUCKETS, Unit, default_buckets};
