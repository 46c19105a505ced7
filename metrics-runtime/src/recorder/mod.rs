//! The recorder that `init` installs. It keeps the catalog's metrics itself, and leaves other crates' metrics to
//! `metrics-exporter-prometheus`.

mod options;
mod cell;
mod label_dimension;
mod label_texts;
mod series_table;
mod read_values;
mod layout;
mod store;
mod capacity;
mod foreign;
mod known_handles;
mod catalog_recorder;

pub(crate) use capacity::CapacityError;
pub(crate) use catalog_recorder::{CatalogRecorder, NoRoom};
pub(crate) use foreign::ForeignPage;
pub(crate) use label_dimension::StoredLabel;
pub(crate) use layout::{LayoutError, Region};
pub(crate) use options::Options;
pub(crate) use read_values::ReadValues;
pub(crate) use series_table::SeriesVisitor;
pub(crate) use store::{Store, StoredMetric};
