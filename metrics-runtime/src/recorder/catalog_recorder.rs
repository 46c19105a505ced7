//! The recorder behind the `metrics` facade.

use std::borrow::Cow;
use std::sync::Arc;

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use super::capacity::{self, CapacityError};
use super::cell::Cell;
use super::foreign::{ForeignMetrics, ForeignPage, RejectedHandle, Rejection, RejectionLog};
use super::options::Options;
use super::store::Store;
use crate::catalog::Catalog;
use crate::format::sanitize_metric_name;
use crate::record::OWN_TARGET;
use crate::vocabulary::Kind;

/// Other crates record here through the `metrics` facade. Our own sites ask the store themselves.
#[derive(Debug)]
pub(crate) struct CatalogRecorder {
    store: Arc<Store>,
    foreign: ForeignMetrics,
    rejections: RejectionLog,
}

/// Where a series of another crate is kept.
enum Found<'key> {
    InCatalog(Cell),
    /// In the exporter, under this key.
    InExporter(Cow<'key, Key>),
}

impl CatalogRecorder {
    /// A recorder for the catalog's metrics and for those of other crates.
    ///
    /// # Errors
    ///
    /// There is no room for the series that the catalog knows already.
    pub(crate) fn new(catalog: &Catalog, options: &Options) -> Result<Self, CapacityError> {
        let store = Arc::new(Store::new(catalog, options));
        capacity::check(&store)?;
        let foreign = ForeignMetrics::new(catalog, &options.global_labels);
        Ok(Self { store, foreign, rejections: RejectionLog::default() })
    }

    /// The series of the catalog.
    pub(crate) fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Other crates' part of the page.
    pub(crate) fn foreign_page(&self) -> ForeignPage {
        self.foreign.page()
    }

    /// The series that another crate means by a key; `None` for what would break the page, or is not as the catalog has
    /// it. Every call comes here that records by one of the facade's macros.
    fn find<'key>(&self, kind: Kind, key: &'key Key) -> Option<Found<'key>> {
        let found = if self.foreign.contains(kind, key.name()) {
            self.foreign.canonical(kind, key, true).map(|key| Found::InExporter(self.foreign.encode(kind, key)))
        } else {
            self.find_new(kind, key)
        };
        found.inspect_err(|rejection| self.rejections.log(key.name(), rejection)).ok()
    }

    /// The series of a key that is the first of its metric, names a metric of the catalog, or is to be refused.
    fn find_new<'key>(&self, kind: Kind, key: &'key Key) -> Result<Found<'key>, Rejection> {
        let key = self.foreign.canonical(kind, key, false)?;
        if let Some(cell) = self.store.find(kind, &key) {
            return cell.map(Found::InCatalog).map_err(Rejection::NotOfCatalog);
        }
        self.foreign.admit(kind, key.name())?;
        Ok(Found::InExporter(self.foreign.encode(kind, key)))
    }

    fn describe(&self, kind: Kind, name: &KeyName, description: &str) {
        self.foreign.describe(kind, &sanitize_metric_name(name.as_str()), description);
    }
}

macro_rules! register {
    ($method:ident, $kind:ident) => {
        fn $method(&self, key: &Key, metadata: &Metadata<'_>) -> $kind {
            if metadata.target() == OWN_TARGET {
                // A site of our own that does not know of this recorder yet. Its call is recorded whole when it ends.
                return $kind::noop();
            }
            match self.find(Kind::$kind, key) {
                Some(Found::InExporter(key)) => self.foreign.exporter().$method(&key, metadata),
                Some(Found::InCatalog(Cell::$kind(cell))) => $kind::from_arc(Arc::new(cell)),
                _ => $kind::from_arc(Arc::new(RejectedHandle)),
            }
        }
    };
}

macro_rules! describe {
    ($method:ident, $kind:ident) => {
        // The unit is no part of the page: its name says it.
        fn $method(&self, name: KeyName, _: Option<Unit>, description: SharedString) {
            self.describe(Kind::$kind, &name, &description);
        }
    };
}

impl Recorder for CatalogRecorder {
    describe!(describe_counter, Counter);
    describe!(describe_gauge, Gauge);
    describe!(describe_histogram, Histogram);
    register!(register_counter, Counter);
    register!(register_gauge, Gauge);
    register!(register_histogram, Histogram);
}
