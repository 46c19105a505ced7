//! All metrics that are linked into the program: collecting them, and what contradicts what. It reads, and never records.

mod metric;
mod conflict;
mod agreement;
mod precedence;
mod collection;

pub use collection::{Catalog, DEFINITIONS, catalog};
pub use conflict::CatalogConflict;
pub use metric::{Metric, MetricLabel, Site};
