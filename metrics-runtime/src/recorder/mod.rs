//! The recorder that `init` installs: the catalog's metrics are kept here, everything else by
//! `metrics-exporter-prometheus`.

mod shard;
mod cells;
mod store;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::Catalog;
use crate::config::Settings;
use crate::exposition::{self, Format};
use crate::family::{Family, Kind};
use crate::slot::Instrument;
pub(crate) use cells::{CounterCell, GaugeCell, HistogramCell};
pub(crate) use store::{Cell, Store};

/// Where our own sites find their series, once it is installed.
static INSTALLED: OnceLock<Arc<Store>> = OnceLock::new();

/// Makes the recorder and its page.
pub(crate) fn build(catalog: &Catalog, settings: &Settings) -> (CatalogRecorder, Page) {
    let mut builder = PrometheusBuilder::new();
    for (name, value) in &settings.global_labels {
        builder = builder.add_global_label(name, value);
    }
    let foreign = builder.build_recorder();
    let store = Arc::new(Store::new(catalog, settings));
    let page = Page { store: Arc::clone(&store), foreign: foreign.handle(), length: Arc::default() };
    (CatalogRecorder { store, foreign, refused: Mutex::default() }, page)
}

/// The handle of one of our own sites' series.
pub(crate) fn instrument(family: &'static Family, slot: u32) -> Option<Instrument> {
    INSTALLED.get()?.instrument(family, slot)
}

/// What other crates record through the facade comes here; our own sites ask the store themselves.
#[derive(Debug)]
pub(crate) struct CatalogRecorder {
    store: Arc<Store>,
    foreign: PrometheusRecorder,
    /// What was refused, and has been logged.
    refused: Mutex<BTreeSet<String>>,
}

impl CatalogRecorder {
    /// From now on our own sites find their series.
    pub(crate) fn open(store: &Page) {
        // There is one recorder in a program, so this is the first.
        let _ = INSTALLED.set(Arc::clone(&store.store));
    }

    /// The series of a key whose name is in the catalog. What does not fit is not recorded: two metrics of one name
    /// would break the page.
    #[allow(clippy::option_option, reason = "whether it is of the catalog, and whether there is such a series")]
    fn of_catalog(&self, kind: Kind, key: &Key) -> Option<Option<Arc<store::Series>>> {
        match self.store.foreign(kind, key)? {
            Ok(series) => Some(Some(series)),
            Err(why) => {
                let is_first = {
                    let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
                    refused.insert(key.name().to_owned())
                };
                // Who writes the log may record metrics too, so no lock is held here.
                if is_first {
                    tracing::warn!(
                        metric = key.name(),
                        "a crate records in a metric of the catalog through the `metrics` facade, and {why}: it is not \
                         recorded; give one of the two another name"
                    );
                }
                Some(None)
            }
        }
    }
}

macro_rules! register {
    ($method:ident, $kind:ident) => {
        fn $method(&self, key: &Key, metadata: &Metadata<'_>) -> $kind {
            match self.of_catalog(Kind::$kind, key) {
                None => self.foreign.$method(key, metadata),
                Some(Some(series)) => match &series.cell {
                    Cell::$kind(cell) => $kind::from_arc(Arc::new(*cell)),
                    _ => $kind::noop(),
                },
                Some(None) => $kind::noop(),
            }
        }
    };
}

macro_rules! describe {
    ($method:ident) => {
        fn $method(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
            // The catalog's own descriptions hold.
            if !self.store.has(name.as_str()) {
                self.foreign.$method(name, unit, description);
            }
        }
    };
}

impl Recorder for CatalogRecorder {
    describe!(describe_counter);
    describe!(describe_gauge);
    describe!(describe_histogram);
    register!(register_counter, Counter);
    register!(register_gauge, Gauge);
    register!(register_histogram, Histogram);
}

/// Everything recorded so far, ready to be written.
#[derive(Clone)]
pub(crate) struct Page {
    store: Arc<Store>,
    foreign: PrometheusHandle,
    /// What the last page leads to expect.
    length: Arc<AtomicUsize>,
}

impl Page {
    /// The page.
    pub(crate) fn render(&self, format: Format) -> String {
        let mut page = String::with_capacity(self.length.load(Ordering::Relaxed));
        exposition::text::write(&mut page, &self.store, format);
        exposition::foreign::append_sorted(&mut page, &self.foreign.render(), format);
        if format == Format::OpenMetrics {
            page.push_str("# EOF\n");
        }
        // The next one will be hardly longer.
        self.length.store(page.len() + page.len() / 16, Ordering::Relaxed);
        page
    }

    /// Moves other crates' buffered samples to where they take no more memory.
    pub(crate) fn run_upkeep(&self) {
        self.foreign.run_upkeep();
    }
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Page")
    }
}
