//! The source of the rows of series, once our own recorder is installed.

use std::sync::{Arc, OnceLock};

use crate::definition::Family;
use crate::storage::{Buckets, Row};

/// A recorder that keeps the series of the catalog. Each series is asked for once; afterwards its slot holds the row.
pub(crate) trait SeriesSource: Send + Sync {
    /// The row of a slot's series, and its buckets. `None` if one of its labels has no such
    /// value yet, or if the series is not kept.
    fn series(&self, family: &'static Family, slot: u32) -> Option<(Row, Buckets)>;

    /// Creates the series of a family whose label values are known already, and calls `publish` with the slot, the row and the
    /// buckets of each. Series that calls are recorded in only if an expression of the user's panics are left out.
    fn first_series(&self, family: &'static Family, publish: &mut dyn FnMut(u32, Row, Buckets));
}

static INSTALLED: OnceLock<Arc<dyn SeriesSource>> = OnceLock::new();

/// Installs the source that sites get their series from.
pub(crate) fn install_series_source(source: Arc<dyn SeriesSource>) {
    // A program has one recorder, so this is the first call.
    let _ = INSTALLED.set(source);
}

/// The installed source, if there is one.
pub(super) fn installed() -> Option<&'static dyn SeriesSource> {
    INSTALLED.get().map(Arc::as_ref)
}
