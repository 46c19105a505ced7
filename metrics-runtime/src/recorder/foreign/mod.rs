//! The metrics of other crates: decides which of them can be on the page, and under which key.
//! `metrics-exporter-prometheus` keeps their values.

mod rejection;
mod key;
mod descriptions;
mod buckets;
mod foreign_metrics;
#[expect(unsafe_code, reason = "`linkme` puts the definitions into a section of the program")]
mod rejected;
mod finite_histogram;

pub(crate) use finite_histogram::FiniteHistogram;
pub(crate) use foreign_metrics::{ForeignMetrics, ForeignPage};
pub(crate) use rejected::RejectedHandle;
pub(crate) use rejection::{Rejection, RejectionLog};
