//! The recorder that `init` installs. It keeps the catalog's metrics itself, and leaves other crates' metrics to
//! `metrics-exporter-prometheus`.

mod options;
mod cell;
mod series_table;
mod read_values;
mod layout;
mod store;
mod capacity;
mod foreign;
mod catalog_recorder;

pub(crate) use capacity::CapacityError;
pub(crate) use catalog_recorder::{CatalogRecorder, NoRoom};
pub(crate) use cell::Cell;
pub(crate) use foreign::ForeignPage;
pub(crate) use layout::{LayoutError, Region};
pub(crate) use options::Options;
pub(crate) use series_table::StoredLabel;
pub(crate) use store::{Store, StoredMetric};
