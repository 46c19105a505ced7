//! Other crates: what they record, and what the page must then show.

mod script;
mod expected;

pub(crate) use expected::Expected;
pub(crate) use script::{Call, Script};
