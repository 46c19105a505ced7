//! The only door for generated code. Nothing here is part of the public interface.

pub use linkme;

pub use crate::budget::Budget;
pub use crate::call::{Call, Measured};
pub use crate::catalog::DEFINITIONS;
pub use crate::classify::{
    Fallible, OutcomeOfError, OutcomeOfFailure, OutcomeOfResult, OutcomeOfValue, ReasonOfError, ReasonOfFailure,
    ReasonOfValue, Returned, Source, reason_of,
};
pub use crate::family::{Family, Kind};
pub use crate::interned::{Capped, Values};
pub use crate::probe::{Probe, ProbeFuture, ProbeValue, has_run};
pub use crate::shared::{Shared, counter, gauge, histogram, index_at, is_failed_outcome, is_outcome, place_of};
pub use crate::site::{Definition, Event, Function, LabelUse, Offsets, Place, Site};
pub use crate::slot::{Slot, Slots};
pub use crate::spec::{LabelSpec, labels, series};

/// A value of the type that an annotated function returns, for a branch that is never taken: with it the compiler
/// knows what the body returns before it reads it, as it does in a plain function.
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
