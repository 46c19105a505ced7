//! Metrics that are declared once, then set by hand or named in attributes by their path; and capped labels.

pub mod unit;
mod number;
mod handles;
mod timing;
mod entering;
mod looked_up;
#[cfg(feature = "exporter")]
mod look_up;
mod by_path;
mod call_value;
mod shared_texts;
mod preset_error;
mod interned;

pub use by_path::{
    DeclaredMetric, counter, gauge, histogram, index_at, is_failed_outcome, is_outcome, observed_histogram, place_of,
};
pub use call_value::{observed, observed_by};
pub use entering::GaugeGuard;
pub use handles::{Counter, CounterSeries, Gauge, GaugeSeries, Histogram, HistogramSeries};
pub use interned::{Interned, Values};
#[cfg(feature = "exporter")]
pub(crate) use look_up::look_up_gauges;
pub use number::{Increment, Number, Observation};
pub use preset_error::PresetError;
#[cfg(all(unix, feature = "exporter"))]
pub(crate) use shared_texts::{SharedTexts, install_shared_texts};
pub use timing::{TimedFuture, Timer};
