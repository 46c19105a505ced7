//! Metrics for async workers and job queues: annotate a function, add one line to `main`, and scrape correct
//! Prometheus metrics whose labels cannot explode.

pub use metrics_macros::{Failure, Label, counted, counted_failure, declare_metrics, in_flight, timed};

mod label;
mod outcome;
mod failure;
mod classify;
mod mode;
mod clock;
mod slot;
mod family;
mod site;
mod call;
mod declared;
mod catalog;
#[cfg(feature = "exporter")]
mod config;
#[cfg(feature = "exporter")]
mod recorder;
#[cfg(feature = "exporter")]
mod endpoint;
#[cfg(feature = "exporter")]
mod init;
#[doc(hidden)]
pub mod private;

pub use catalog::{Catalog, CatalogConflict, Metric, catalog};
#[cfg(feature = "exporter")]
pub use config::ConfigError;
pub use declared::{Counter, CounterSeries, Gauge, GaugeSeries, Histogram, HistogramSeries};
pub use failure::{Failure, Reason};
pub use family::{DEFAULT_BUCKETS, Kind};
#[cfg(feature = "exporter")]
pub use init::{Builder, Handle, InitError, builder, init};
pub use label::Label;
pub use outcome::Outcome;
