//! A series, and its value.

use std::collections::BTreeMap;

/// A name on the page, and labels.
pub(crate) type Series = (String, BTreeMap<String, String>);

/// The bits of a number, so that a number that is none equals itself.
pub(crate) type Bits = u64;

pub(crate) fn bound_text(bound: f64) -> String {
    format!("{bound:?}")
}

pub(crate) fn bits(value: f64) -> Bits {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}
