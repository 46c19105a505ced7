//! The units of declared histograms and counters, as types: `Histogram<(), unit::Bytes>`, `Counter<(), unit::Seconds>`.
//!
//! [`declare_metrics!`](crate::declare_metrics) takes the unit from the end of the metric's name.

/// Seconds: the name of a histogram ends in `_seconds`, that of a counter in `_seconds_total`.
#[derive(Clone, Copy, Debug)]
pub enum Seconds {}

/// Bytes: the name ends in `_bytes`.
#[derive(Clone, Copy, Debug)]
pub enum Bytes {}

/// A part of one: the name ends in `_ratio`.
#[derive(Clone, Copy, Debug)]
pub enum Ratio {}

/// A number of anything else, with fractions: of a histogram such as `batch_rows`, or of a counter that is declared `fractional`.
#[derive(Clone, Copy, Debug)]
pub enum Plain {}

/// A whole number: what a counter counts that is not of seconds and not declared `fractional`.
#[derive(Clone, Copy, Debug)]
pub enum Whole {}

/// The unit of the counters that count calls.
#[diagnostic::on_unimplemented(
    message = "an attribute counts calls, and this counter does not count in whole numbers",
    label = "name a counter here that is not `fractional`, and whose name does not end in `_seconds_total`"
)]
pub trait CountsCalls {}

impl CountsCalls for Whole {}

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
