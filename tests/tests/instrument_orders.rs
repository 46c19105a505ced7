//! `#[tracing::instrument]` above or below our attributes: in both orders a call starts in the function's own span, and each
//! ending is counted once.
//!
//! The label `own` is evaluated when the call starts. Each function is written once and compiled in both orders, with the outcome
//! recorded and without.

#![deny(warnings, clippy::pedantic, clippy::nursery)]
#![allow(unreachable_pub, reason = "items are public here where a user's would be")]
#![allow(
    clippy::future_not_send,
    clippy::needless_pass_by_value,
    clippy::too_long_first_doc_paragraph,
    clippy::unnecessary_wraps,
    reason = "these lints apply to the functions without our attributes, too"
)]

#[macro_use]
#[path = "instrument_orders/support.rs"]
mod support;
#[path = "instrument_orders/asynchronous.rs"]
mod asynchronous;
#[path = "instrument_orders/parameters.rs"]
mod parameters;
#[path = "instrument_orders/synchronous.rs"]
mod synchronous;
