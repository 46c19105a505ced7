//! The units of declared histograms, as types: `Histogram<(), unit::Bytes>`.
//!
//! [`declare_metrics!`](crate::declare_metrics) takes the unit from the end of the metric's name.

/// Seconds: the name ends in `_seconds`.
#[derive(Clone, Copy, Debug)]
pub enum Seconds {}

/// Bytes: the name ends in `_bytes`.
#[derive(Clone, Copy, Debug)]
pub enum Bytes {}

/// A part of one: the name ends in `_ratio`.
#[derive(Clone, Copy, Debug)]
pub enum Ratio {}

/// A number of anything else, such as `batch_rows`.
#[derive(Clone, Copy, Debug)]
pub enum Plain {}

/// The unit of the histograms that `#[timed]` takes.
#[diagnostic::on_unimplemented(
    message = "`#[timed]` records durations, and the unit of this histogram is not seconds",
    label = "name a histogram here whose metric ends in `_seconds`"
)]
pub trait IsSeconds {}

impl IsSeconds for Seconds {}

/// The unit of the histograms that time code.
#[diagnostic::on_unimplemented(
    message = "this histogram does not time code: its unit is not seconds",
    label = "use a histogram here whose metric ends in `_seconds`"
)]
pub trait TakesTime {}

impl TakesTime for Seconds {}
