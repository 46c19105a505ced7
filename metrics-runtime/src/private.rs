//! The only door for generated code. Nothing here is part of the public interface.

pub use linkme;

use crate::util::ConstText;

pub use crate::catalog::{DEFINITIONS, DESCRIPTIONS, FRACTIONS, JOINS, LIMITS, OBJECTIVES, PROGRAMS, READINGS};
pub use crate::declared::{
    DeclaredMetric, Values, counter, gauge, histogram, index_at, is_failed_outcome, is_outcome, observed, observed_by,
    observed_histogram, place_of,
};
pub use crate::definition::{
    Budget, Definition, Event, FAILURE, FAILURE_OFFSETS, FailureSlots, Family, FractionalCounter, Function, GaugeJoin,
    InFlightStarts, Join, LabelSpec, LabelUse, NO_BUCKETS, NO_LABELS, OUTCOME, OUTCOME_OFFSETS, ObjectiveSpec, Offsets,
    Oldest, OneSlot, OutcomeSlots, Place, Program, REASON, REASON_LEFT, REASON_LEFT_OFFSETS, REASON_OFFSETS, Reading,
    ReasonLeftSlots, ReasonSlots, Site, Slot, Slots, evaluated, first_set, labels, series,
};
pub use crate::record::{Awaited, Call, CallValue, Expected, Measured, OldestCall};
#[cfg(feature = "stream")]
pub use crate::record::{MeasuredStream, measure_stream};
pub use crate::vocabulary::{
    Branch, Capped, ConvertedError, Derived, DerivedFailure, FAILURES, Fallible, FindFailure, FromResidual, InPlace,
    Kind, LabelData, Probe, ProbeFuture, ProbeValue, Returned, Source, default_buckets, has_run, has_run_in_place,
    outcome, outcome_error_if, outcome_ok_if, parse_label_error, reason_of, reason_of_failure, reason_of_source,
    value_of,
};

/// Stands for the function of the feature `stream`, so that the compiler names the feature.
#[cfg(not(feature = "stream"))]
#[must_use]
pub fn measure_stream<S: NeedsTheFeatureStream, B, E>(_: S, _: B, _: E) -> S {
    unreachable!("it does not compile")
}

/// No type has it.
#[cfg(not(feature = "stream"))]
#[diagnostic::on_unimplemented(
    message = "`measure_stream!` needs the feature `stream` of `metrics-runtime`",
    label = "this cannot be measured without the feature"
)]
pub trait NeedsTheFeatureStream {}

/// Stands where an attribute was merged with the one above it: the attribute itself removes the call. So the call is there only where the
/// name means another attribute.
///
/// # Panics
///
/// Always. It runs in const evaluation, so the panic is a compile error.
#[track_caller]
pub const fn another_attribute(name: &str, options: &str) {
    let text = ConstText::new().text("`#[").text(name).text("(").text(options).text(")]` is read as the attribute of ");
    let text =
        text.text("`metrics_runtime`, but the name `").text(name).text("` means another one here: write the path of ");
    let text = text.text("the one that you mean, `#[metrics_runtime::").text(name).text("(…)]` or `#[other_crate::");
    panic!("{}", text.text(name).text("(…)]`").as_str());
}

/// The traits whose methods are chosen by type. Generated code brings them into scope, without names.
pub mod by_type {
    #[cfg(feature = "stream")]
    pub use crate::vocabulary::StreamInPlace as _;
    pub use crate::vocabulary::{
        EndByType as _, ErrorOfAny as _, ErrorOfResult as _, FindError as _, FindValue as _, FutureInPlace as _,
        KnownType as _, ReasonByType as _, ReasonOfNoError as _, ReasonOfUnclear as _, SourceOfOptional as _,
        SourceOfValue as _, ValueInPlace as _,
    };
}

/// A value of an annotated function's return type, for a branch that is never taken. From it the compiler knows the type
/// before it reads the body, as in a plain function.
#[doc(hidden)]
#[must_use]
pub fn never_called<T>() -> T {
    unreachable!("stands in a branch that is never taken")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_name_of_this_module_holds_the_version() {
        let version = env!("CARGO_PKG_VERSION").replace(|character: char| !character.is_ascii_alphanumeric(), "_");
        assert_eq!(module_path!(), format!("metrics_runtime::private_{version}::tests"));
    }
}
