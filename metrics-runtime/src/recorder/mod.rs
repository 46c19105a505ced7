//! The recorder that `init` installs: the catalog's metrics are kept here, everything else by
//! `metrics-exporter-prometheus`.

mod sync;
mod shards;
mod words;
mod cells;
mod table;
mod store;
mod room;
mod refused;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::Catalog;
use crate::config::Settings;
use crate::exposition::{self, Format};
use crate::family::{Family, Kind, OWN_TARGET};
pub(crate) use cells::{CounterCell, GaugeCell, HistogramCell};
use refused::Refused;
pub(crate) use room::NoRoom;
pub(crate) use store::{Cell, Store};
pub(crate) use words::{AllShards, Words};

/// Where our own sites find their series, once it is installed.
static INSTALLED: OnceLock<Arc<Store>> = OnceLock::new();

/// Makes the recorder and its page, if there is room for the series that the catalog knows already.
pub(crate) fn build(catalog: &Catalog, settings: &Settings) -> Result<(CatalogRecorder, Page), NoRoom> {
    let mut builder = PrometheusBuilder::new();
    for (name, value) in &settings.global_labels {
        builder = builder.add_global_label(name, value);
    }
    let foreign = builder.build_recorder();
    let store = Arc::new(Store::new(catalog, settings));
    room::check(&store)?;
    let page = Page { store: Arc::clone(&store), foreign: foreign.handle(), scratch: Arc::default() };
    Ok((CatalogRecorder { store, foreign, refused: Mutex::default() }, page))
}

/// Whether our own sites find their series here.
pub(crate) fn is_installed() -> bool {
    INSTALLED.get().is_some()
}

/// Where one of our own sites' series is kept, and the bounds of its buckets.
pub(crate) fn place(family: &'static Family, slot: u32) -> Option<(Words, &'static [u64])> {
    INSTALLED.get()?.place(family, slot)
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
    fn of_catalog(&self, kind: Kind, key: &Key) -> Option<Option<Cell>> {
        match self.store.foreign(kind, key)? {
            Ok(cell) => Some(Some(cell)),
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
            if metadata.target() == OWN_TARGET {
                // A site of our own that does not know of this recorder yet. Its call is recorded whole when it ends.
                return $kind::noop();
            }
            match self.of_catalog(Kind::$kind, key) {
                None => self.foreign.$method(key, metadata),
                Some(Some(Cell::$kind(cell))) => $kind::from_arc(Arc::new(cell)),
                Some(_) => $kind::from_arc(Arc::new(Refused)),
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
    /// One page is made at a time; who asks meanwhile waits for it.
    scratch: Arc<Mutex<Scratch>>,
}

/// What is kept from page to page, so that the next one allocates nothing but itself.
#[derive(Default)]
struct Scratch {
    text: exposition::text::Scratch,
    /// How long the last page was.
    length: usize,
}

impl Page {
    /// The page.
    pub(crate) fn render(&self, format: Format) -> String {
        let mut scratch = self.scratch();
        // A little more than the last one.
        let mut page = String::with_capacity(scratch.length + scratch.length / 64);
        self.write(&mut scratch, format, &mut page, &mut |_| {});
        scratch.length = page.len();
        page
    }

    /// Writes the page in parts of about this size: each is handed to `take`, which leaves nothing of it.
    pub(crate) fn render_in_parts(&self, format: Format, size: usize, take: &mut dyn FnMut(&mut String)) {
        let mut page = String::new();
        let mut full = |page: &mut String| {
            if page.len() >= size {
                take(page);
            }
        };
        self.write(&mut self.scratch(), format, &mut page, &mut full);
        take(&mut page);
    }

    fn scratch(&self) -> MutexGuard<'_, Scratch> {
        self.scratch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, scratch: &mut Scratch, format: Format, page: &mut String, full: &mut dyn FnMut(&mut String)) {
        exposition::text::write(page, &self.store, format, &mut scratch.text, full);
        exposition::foreign::append_sorted(page, &self.foreign.render(), format, full);
        if format == Format::OpenMetrics {
            page.push_str("# EOF\n");
        }
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
