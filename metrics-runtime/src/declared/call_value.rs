//! The values of `#[observed]`, on their way from the user's expression to a histogram.

use super::handles::Histogram;
use super::number::Observation;
use crate::record::CallValue;
use crate::util::catch_panic;

/// Evaluates the expression of `#[observed]` to a value of the unit `U`. There is no value if the expression panics: metrics must
/// not break the program that they measure.
#[inline]
pub fn observed<U, T: Observation<U>>(value: impl FnOnce() -> T) -> CallValue {
    CallValue::new(catch_panic(value).and_then(|value| value.observed().sample()))
}

/// The same for a declared histogram, whose type has the unit.
#[inline]
pub fn observed_by<Labels, U, T: Observation<U>>(
    _: &'static Histogram<Labels, U>,
    value: impl FnOnce() -> T,
) -> CallValue {
    observed(value)
}
