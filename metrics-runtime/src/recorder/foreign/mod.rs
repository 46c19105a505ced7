//! The metrics of other crates: decides which of them can be on the page, and under which key.
//! `metrics-exporter-prometheus` keeps their values.

mod rejection;
mod key;
mod known_metrics;
mod descriptions;
mod foreign_metrics;
mod rejected;

pub(crate) use foreign_metrics::{ForeignMetrics, ForeignPage};
pub(crate) use rejected::RejectedHandle;
pub(crate) use rejection::{Rejection, RejectionLog};
