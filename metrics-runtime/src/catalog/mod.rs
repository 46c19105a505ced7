//! All metrics that are linked into the program: collects them, and checks that they do not contradict each other. The
//! catalog reads definitions; it never records.

mod help_source;
mod metric;
mod objective;
mod conflict;
#[cfg(feature = "exporter")]
mod readings;
#[cfg(all(feature = "exporter", target_os = "linux"))]
mod process_metrics;
#[cfg(feature = "exporter")]
mod export_metrics;
#[cfg(feature = "exporter")]
mod reading_failures;
#[cfg(feature = "exporter")]
mod shared_processes;
mod agreement;
mod objective_agreement;
mod precedence;
mod note;
mod help;
mod collection;

pub use collection::{
    Catalog, DEFINITIONS, DESCRIPTIONS, FRACTIONS, JOINS, LIMITS, OBJECTIVES, PROGRAMS, READINGS, catalog,
};
pub use conflict::CatalogConflict;
pub use metric::{Metric, MetricLabel, Site};
pub use note::CatalogNote;
pub use objective::Objective;
