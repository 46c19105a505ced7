//! Every shape of function, under each attribute alone and under all four, through each ending that it can have.
//!
//! The shapes are in `shapes/`; `build.rs` writes them out, and what it writes is compiled without one warning.

#![deny(warnings, clippy::pedantic, clippy::nursery, unsafe_code)]
#![allow(
    clippy::elidable_lifetime_names,
    clippy::future_not_send,
    clippy::missing_const_for_fn,
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::use_self,
    reason = "the shapes themselves would be told so without any attribute"
)]

#[path = "shapes/driver.rs"]
mod driver;
#[path = "shapes/prelude.rs"]
mod prelude;

include!(concat!(env!("OUT_DIR"), "/shapes.rs"));
