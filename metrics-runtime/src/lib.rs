//! Metrics for async workers and job queues: annotate a function, add one line to `main`, and scrape correct
//! Prometheus metrics whose labels cannot explode.

#![allow(clippy::inline_always, reason = "the hot path is inline: `docs/performance.md` counts its instructions")]

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
#[doc = include_str!("../docs/measure.md")]
pub use metrics_macros::measure;
#[doc = include_str!("../docs/measure_stream.md")]
pub use metrics_macros::measure_stream;
#[doc = include_str!("../docs/measured.md")]
pub use metrics_macros::measured;
#[doc = include_str!("../docs/observed.md")]
pub use metrics_macros::observed;
#[doc = include_str!("../docs/timed.md")]
pub use metrics_macros::timed;

// The layers, from the ground up: each imports only from those above it in this list. `docs/architecture.md` says what each
// may know, and `tests/tests/layers.rs` checks it.
mod util;
#[cfg(feature = "exporter")]
mod storage;
mod vocabulary;
mod definition;
mod format;
mod record;
mod catalog;
mod declared;
#[cfg(feature = "exporter")]
mod recorder;
#[cfg(feature = "exporter")]
mod processes;
#[cfg(feature = "exporter")]
mod page;
#[cfg(feature = "exporter")]
mod live_page;
#[cfg(feature = "exporter")]
mod endpoint;
#[cfg(feature = "exporter")]
mod export;
mod app;
// The edges, which use the public face.
#[cfg(feature = "artifacts")]
pub mod artifacts;
#[cfg(feature = "redis")]
pub mod redis;
pub mod testing;
#[cfg(feature = "opentelemetry")]
mod trace;
// For generated code only. The name holds the version, so that the macros of one version cannot use a runtime of another:
// the generated code would compile by chance, and record something else.
#[doc(hidden)]
#[path = "private.rs"]
pub mod private_0_1_0;

#[cfg(all(fuzzing, feature = "exporter"))]
#[doc(hidden)]
pub use app::fuzzing;
pub use app::{AttachError, attach};
#[cfg(feature = "exporter")]
pub use app::{Builder, ConfigError, Handle, InitError, ListenAddress, builder, flush, init};
pub use catalog::{Catalog, CatalogConflict, CatalogNote, Metric, MetricLabel, Objective, Site, catalog};
pub use declared::{
    Counter, CounterSeries, Gauge, GaugeGuard, GaugeSeries, Histogram, HistogramSeries, Increment, Interned, Number,
    Observation, PresetError, TimedFuture, Timer, unit,
};
pub use definition::{Event, Join};
#[cfg(feature = "push")]
pub use export::AtExit;
#[cfg(feature = "opentelemetry")]
pub use trace::{ExemplarLayer, exemplar_layer, opentelemetry_context};
pub use vocabulary::{
    DEFAULT_BUCKETS, EndsCall, FailedOutcome, Failure, FailureReason, Kind, Label, Outcome, ParseLabelError, Reason,
    Unit,
};
#[cfg(feature = "axum")]
pub use vocabulary::{HttpStatus, server_error};
#[cfg(feature = "exemplars")]
pub use vocabulary::{InvalidTraceContext, TraceContext};
