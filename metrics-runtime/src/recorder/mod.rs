//! The recorder that `init` installs: the catalog's metrics are kept here, everything else by
//! `metrics-exporter-prometheus`.

mod sync;
mod shards;
mod words;
mod cells;
mod table;
mod store;
mod room;
mod refusal;
mod refused;
mod key;
mod admitted;
mod foreign;

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use crate::Catalog;
use crate::config::Settings;
use crate::exposition::names::metric_name;
use crate::exposition::{self, Format};
use crate::family::{Family, Kind, OWN_TARGET};
pub(crate) use cells::{CounterCell, GaugeCell, HistogramCell};
use foreign::{Foreign, ForeignPage};
use refusal::{Refusal, Refusals};
use refused::Refused;
pub(crate) use room::NoRoom;
pub(crate) use store::{Cell, Store};
pub(crate) use words::{AllShards, Words};

/// Where our own sites find their series, once it is installed.
static INSTALLED: OnceLock<Arc<Store>> = OnceLock::new();

/// Makes the recorder and its page, if there is room for the series that the catalog knows already.
pub(crate) fn build(catalog: &Catalog, settings: &Settings) -> Result<(CatalogRecorder, Page), NoRoom> {
    let foreign = Foreign::new(catalog, &settings.global_labels);
    let store = Arc::new(Store::new(catalog, settings));
    room::check(&store)?;
    let page = Page { store: Arc::clone(&store), foreign: foreign.page(), scratch: Arc::default() };
    Ok((CatalogRecorder { store, foreign, refusals: Refusals::default() }, page))
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
    foreign: Foreign,
    refusals: Refusals,
}

/// Where a series of another crate's is kept.
enum Found<'key> {
    InCatalog(Cell),
    /// In the exporter, under this key.
    InExporter(Cow<'key, Key>),
}

impl CatalogRecorder {
    /// From now on our own sites find their series.
    pub(crate) fn open(store: &Page) {
        // There is one recorder in a program, so this is the first.
        let _ = INSTALLED.set(Arc::clone(&store.store));
    }

    /// The series that another crate means by a key; `None` for what would break the page, or is not as the catalog has
    /// it. Every call comes here that records by one of the facade's macros.
    fn find<'key>(&self, kind: Kind, key: &'key Key) -> Option<Found<'key>> {
        let found = if self.foreign.has(kind, key.name()) {
            self.foreign.canonical(kind, key, true).map(|key| Found::InExporter(self.foreign.told(kind, key)))
        } else {
            self.find_new(kind, key)
        };
        found.inspect_err(|refusal| self.refusals.log(key.name(), refusal)).ok()
    }

    /// The series of a key that is the first of its metric, names a metric of the catalog, or is to be refused.
    fn find_new<'key>(&self, kind: Kind, key: &'key Key) -> Result<Found<'key>, Refusal> {
        let key = self.foreign.canonical(kind, key, false)?;
        if let Some(cell) = self.store.foreign(kind, &key) {
            return cell.map(Found::InCatalog).map_err(Refusal::NotOfCatalog);
        }
        self.foreign.admit(kind, key.name())?;
        Ok(Found::InExporter(self.foreign.told(kind, key)))
    }

    fn describe(&self, kind: Kind, name: &KeyName, description: &str) {
        self.foreign.describe(kind, &metric_name(name.as_str()), description);
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
                _ => $kind::from_arc(Arc::new(Refused)),
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

/// Everything recorded so far, ready to be written.
#[derive(Clone)]
pub(crate) struct Page {
    store: Arc<Store>,
    foreign: ForeignPage,
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
        self.foreign.append_to(page, format, full);
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
