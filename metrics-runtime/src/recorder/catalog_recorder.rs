//! The recorder behind the `metrics` facade.

use std::borrow::Cow;
use std::sync::Arc;

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use super::capacity::{self, CapacityError};
use super::cell::Cell;
use super::foreign::{FiniteHistogram, ForeignMetrics, ForeignPage, RejectedHandle, Rejection, RejectionLog};
use super::known_handles::KnownHandles;
use super::layout::LayoutError;
use super::options::Options;
use super::store::Store;
use crate::catalog::Catalog;
use crate::definition::PROCESS_LABEL;
use crate::format::sanitize_metric_name;
use crate::record::OWN_TARGET;
use crate::vocabulary::Kind;

/// Other crates record here through the `metrics` facade. Our own sites ask the store directly.
#[derive(Debug)]
pub(crate) struct CatalogRecorder {
    store: Arc<Store>,
    foreign: ForeignMetrics,
    rejections: Arc<RejectionLog>,
    counters: KnownHandles<Counter>,
    gauges: KnownHandles<Gauge>,
    histograms: KnownHandles<Histogram>,
}

/// Why there is no recorder for a catalog.
#[derive(Debug)]
pub(crate) enum NoRoom {
    /// The series that exist from the start do not fit.
    AtStart(CapacityError),
    /// The series that there can be do not fit, and each needs a place of its own.
    Fixed(LayoutError),
}

/// Where the values of a facade key are kept.
enum Destination<'key> {
    /// In a series of the catalog.
    Catalog(Cell),
    /// In the exporter, under this key.
    Exporter(Cow<'key, Key>),
    /// Nowhere: the page reads this value of the process itself, and so has it fresh.
    Read,
}

impl CatalogRecorder {
    /// A recorder for the catalog's metrics and for other crates' metrics.
    ///
    /// # Errors
    ///
    /// The series do not fit.
    pub(crate) fn new(catalog: &Catalog, options: &Options) -> Result<Self, NoRoom> {
        let mut store = Store::new(catalog, options);
        if options.has_fixed_rows {
            store.fix_rows().map_err(NoRoom::Fixed)?;
        } else {
            capacity::check(&store).map_err(NoRoom::AtStart)?;
        }
        let store = Arc::new(store);
        let foreign = if options.has_fixed_rows {
            // They are in the memory of this process, and another one may make the next page.
            let mut options = options.clone();
            options.global_labels.entry(PROCESS_LABEL.to_owned()).or_insert_with(|| std::process::id().to_string());
            ForeignMetrics::new(catalog, &options)
        } else {
            ForeignMetrics::new(catalog, options)
        };
        Ok(Self {
            store,
            foreign,
            rejections: Arc::default(),
            counters: KnownHandles::new(),
            gauges: KnownHandles::new(),
            histograms: KnownHandles::new(),
        })
    }

    /// The store of the catalog's series.
    pub(crate) fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// The part of the page for other crates' metrics.
    pub(crate) fn foreign_page(&self) -> ForeignPage {
        self.foreign.page()
    }

    /// The destination of another crate's key; `None` if the key would break the page or contradicts the catalog.
    fn find<'key>(&self, kind: Kind, key: &'key Key) -> Option<Destination<'key>> {
        self.try_find(kind, key).inspect_err(|rejection| self.rejections.log(key.name(), rejection)).ok()
    }

    fn try_find<'key>(&self, kind: Kind, key: &'key Key) -> Result<Destination<'key>, Rejection> {
        let key = self.foreign.canonical(kind, key)?;
        if let Some(cell) = self.store.find(kind, &key) {
            return cell.map(Destination::Catalog).map_err(Rejection::CatalogMismatch);
        }
        if self.store.reads(kind, &key) {
            return Ok(Destination::Read);
        }
        self.foreign.add(kind, key.name(), |owner| self.store.yield_name(owner))?;
        Ok(Destination::Exporter(self.foreign.encode(kind, key)))
    }

    fn describe(&self, kind: Kind, name: &KeyName, unit: Option<Unit>, help: &str) {
        self.foreign.describe(kind, &sanitize_metric_name(name.as_str()), unit, help);
    }

    /// A handle that leaves out the values that would spoil the histogram.
    fn leave_out_infinite(&self, exporter: Histogram, key: &Key) -> Histogram {
        Histogram::from_arc(Arc::new(FiniteHistogram::new(exporter, key.name_shared(), &self.rejections)))
    }
}

macro_rules! register {
    ($method:ident, $kind:ident, $known:ident $(, $checked:ident)?) => {
        fn $method(&self, key: &Key, metadata: &Metadata<'_>) -> $kind {
            if metadata.target() == OWN_TARGET {
                // One of our own sites, which does not know this recorder yet. Its call is recorded whole when it ends.
                return $kind::noop();
            }
            // Every call of one of the facade's macros comes here, not only the first.
            if let Some(handle) = self.$known.get(key) {
                return handle.clone();
            }
            // The exporter keeps the key too: they share its texts.
            let key = key.to_retained();
            let handle = match self.find(Kind::$kind, &key) {
                Some(Destination::Exporter(exported)) => {
                    let handle = self.foreign.exporter().$method(&exported, metadata);
                    $(let handle = self.$checked(handle, &key);)?
                    handle
                }
                Some(Destination::Catalog(Cell::$kind(cell))) => $kind::from_arc(Arc::new(cell)),
                // Another crate may still take the name: then the exporter has the value.
                Some(Destination::Read) => return $kind::noop(),
                _ => return $kind::from_arc(Arc::new(RejectedHandle)),
            };
            self.$known.insert(key, handle.clone());
            handle
        }
    };
}

macro_rules! describe {
    ($method:ident, $kind:ident) => {
        fn $method(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
            self.describe(Kind::$kind, &name, unit, &description);
        }
    };
}

impl Recorder for CatalogRecorder {
    describe!(describe_counter, Counter);
    describe!(describe_gauge, Gauge);
    describe!(describe_histogram, Histogram);
    register!(register_counter, Counter, counters);
    register!(register_gauge, Gauge, gauges);
    register!(register_histogram, Histogram, histograms, leave_out_infinite);
}
