//! Every shape of function, with each attribute alone and with all four, and with each ending that it can have.
//!
//! The shapes are in `shapes/`; `build.rs` writes them out, and the result compiles without warnings.

#![deny(warnings, clippy::pedantic, clippy::nursery, unsafe_code)]
#![allow(unreachable_pub, reason = "items are public here where a user's would be")]
#![allow(
    clippy::elidable_lifetime_names,
    clippy::future_not_send,
    clippy::ignored_unit_patterns,
    clippy::missing_const_for_fn,
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::use_self,
    reason = "these lints apply to the shapes without any attribute, too"
)]

#[path = "shapes/driver.rs"]
mod driver;
#[path = "shapes/prelude.rs"]
mod prelude;

include!(concat!(env!("OUT_DIR"), "/shapes.rs"));
