//! Metrics for async workers and job queues: annotate a function, add one line to `main`, and scrape correct
//! Prometheus metrics whose labels cannot explode.

#![allow(clippy::inline_always, reason = "the way of a call is in line: `docs/performance.md` counts its instructions")]

#[doc = include_str!("../docs/derive_failure.md")]
pub use metrics_macros::Failure;
#[doc = include_str!("../docs/derive_label.md")]
pub use metrics_macros::Label;
#[doc = include_str!("../docs/counted.md")]
pub use metrics_macros::counted;
#[doc = include_str!("../docs/counted_failure.md")]
pub use metrics_macros::counted_failure;
#[doc = include_str!("../docs/declare_metrics.md")]
pub use metrics_macros::declare_metrics;
#[doc = include_str!("../docs/in_flight.md")]
pub use metrics_macros::in_flight;
#[doc = include_str!("../docs/timed.md")]
pub use metrics_macros::timed;

mod label;
mod interned;
mod outcome;
mod failure;
mod unwind;
mod said;
mod classify;
mod probe;
mod mode;
mod clock;
mod slot;
mod text;
mod spec;
mod budget;
mod facade;
mod family;
mod site;
mod call;
mod declared;
mod shared;
mod claims;
mod catalog;
mod attach;
#[cfg(feature = "exporter")]
mod config;
#[cfg(feature = "exporter")]
mod recorder;
#[cfg(feature = "exporter")]
mod exposition;
#[cfg(feature = "exporter")]
mod endpoint;
#[cfg(feature = "exporter")]
mod init;
#[cfg(feature = "redis")]
pub mod redis;
pub mod testing;
// For generated code only. The name holds the version, so that the macros of one version cannot use a runtime of another:
// the generated code would compile by chance, and record something else.
#[doc(hidden)]
#[path = "private.rs"]
pub mod private_0_1_0;

pub use attach::{AttachError, attach};
pub use catalog::{Catalog, CatalogConflict, Metric, MetricLabel, Site, catalog};
#[cfg(feature = "exporter")]
pub use config::ConfigError;
pub use declared::{Counter, CounterSeries, Gauge, GaugeSeries, Histogram, HistogramSeries};
pub use failure::{Failure, FailureReason, Reason};
pub use family::{DEFAULT_BUCKETS, Kind};
#[cfg(feature = "exporter")]
pub use init::{Builder, Handle, InitError, builder, init};
pub use interned::Interned;
pub use label::Label;
pub use outcome::{FailedOutcome, Outcome};
