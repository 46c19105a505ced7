//! The only door for generated code. Nothing here is part of the public interface.

pub use linkme;

pub use crate::catalog::DEFINITIONS;
pub use crate::declared::{
    DeclaredMetric, Values, counter, gauge, histogram, index_at, is_failed_outcome, is_outcome, place_of,
};
pub use crate::definition::{
    Budget, Definition, Event, Family, Function, LabelSpec, LabelUse, Offsets, Place, Site, Slot, Slots, labels, series,
};
pub use crate::record::{Call, Measured};
pub use crate::vocabulary::{
    Capped, Fallible, Kind, OutcomeOfError, OutcomeOfFailure, OutcomeOfResult, OutcomeOfValue, Probe, ProbeFuture,
    ProbeValue, ReasonOfError, ReasonOfFailure, ReasonOfValue, Returned, Source, has_run, reason_of,
};

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
