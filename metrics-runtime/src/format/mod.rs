//! Prometheus' language: formats, escapes, numbers, the rules for names, and the names that a metric takes on the page.

mod series_names;
#[cfg(feature = "exporter")]
mod exposition_format;
#[cfg(feature = "exporter")]
mod escapes;
#[cfg(feature = "exporter")]
mod names;
#[cfg(feature = "exporter")]
mod numbers;
#[cfg(feature = "exporter")]
mod exporter_encoding;
#[cfg(feature = "exporter")]
mod target_source;
#[cfg(all(feature = "exporter", feature = "redis"))]
mod target_list;

#[cfg(feature = "exporter")]
pub(crate) use escapes::{escape_help, push_label};
#[cfg(feature = "exporter")]
pub(crate) use exporter_encoding::{decode_histogram_name, encode_histogram_name, encode_label_value};
#[cfg(feature = "exporter")]
pub(crate) use exposition_format::Format;
#[cfg(feature = "exporter")]
pub(crate) use names::{is_label_name, is_metric_name, sanitize_label_name, sanitize_metric_name};
#[cfg(feature = "exporter")]
pub(crate) use numbers::{push_count, push_number, push_steps};
pub(crate) use series_names::SeriesNames;
#[cfg(all(feature = "exporter", feature = "redis"))]
pub(crate) use target_list::write_targets;
#[cfg(feature = "exporter")]
pub(crate) use target_source::{TargetList, TargetSource};
