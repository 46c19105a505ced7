//! Puts one page together, from the catalog's metrics and from other crates' metrics.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::before_page::BeforePage;
use super::exemplars::Exemplars;
use super::{catalog_metrics, foreign_metrics};
use crate::format::Format;
use crate::processes::Membership;
use crate::recorder::{CatalogRecorder, ForeignPage, Store};

/// Writes the values of a recorder as a page. Clones write the same values.
#[derive(Clone)]
pub(crate) struct Page {
    store: Arc<Store>,
    foreign: ForeignPage,
    hooks: BeforePage,
    /// The processes that share their values with this one.
    processes: Option<Arc<Membership>>,
    /// Whether it has the metrics of other crates.
    has_other_crates: bool,
    /// One page is written at a time; another request waits for it.
    scratch: Arc<Mutex<Scratch>>,
}

/// Buffers that are kept from page to page, so that the next page allocates only its own text.
#[derive(Default)]
struct Scratch {
    catalog: catalog_metrics::Scratch,
    /// The length of the last page in bytes.
    length: usize,
}

impl Page {
    /// The page of a recorder. Before each page the hooks run.
    pub(crate) fn of(recorder: &CatalogRecorder, hooks: BeforePage, processes: Option<Arc<Membership>>) -> Self {
        let (store, foreign) = (Arc::clone(recorder.store()), recorder.foreign_page());
        Self { store, foreign, hooks, processes, has_other_crates: true, scratch: Arc::default() }
    }

    /// The page without the metrics of other crates.
    pub(crate) fn without_other_crates(self) -> Self {
        Self { has_other_crates: false, ..self }
    }

    /// The page with the values of this process alone.
    pub(crate) fn of_this_process(&self) -> Self {
        Self { processes: None, scratch: Arc::default(), ..self.clone() }
    }

    /// Writes the page.
    pub(crate) fn render(&self, format: Format) -> String {
        self.render_as(format, Exemplars::of(format))
    }

    /// Writes the page in the text format with exemplars as OpenMetrics has them, but with times to the nanosecond. It is not for
    /// other programs: that format has no exemplars.
    #[cfg(feature = "otlp")]
    pub(crate) fn render_with_exemplars(&self) -> String {
        self.render_as(Format::Text, Exemplars::ToNanosecond)
    }

    fn render_as(&self, format: Format, exemplars: Exemplars) -> String {
        // No lock is held here: a hook may ask for a page.
        self.hooks.run();
        let mut scratch = self.scratch();
        // A little more than the last page had.
        let mut page = String::with_capacity(scratch.length + scratch.length / 64);
        self.write(&mut scratch, format, exemplars, &mut page, &mut |_| {});
        scratch.length = page.len();
        page
    }

    /// Writes the page in parts of at least `size` bytes; only the last part can be smaller. `take` gets each part, and must
    /// leave the string empty.
    pub(crate) fn render_in_parts(&self, format: Format, size: usize, take: &mut dyn FnMut(&mut String)) {
        self.hooks.run();
        let mut page = String::new();
        let mut take_if_full = |page: &mut String| {
            if page.len() >= size {
                take(page);
            }
        };
        self.write(&mut self.scratch(), format, Exemplars::of(format), &mut page, &mut take_if_full);
        take(&mut page);
    }

    fn scratch(&self) -> MutexGuard<'_, Scratch> {
        self.scratch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Now and then calls `flush` with the text so far.
    fn write(
        &self,
        scratch: &mut Scratch,
        format: Format,
        exemplars: Exemplars,
        page: &mut String,
        flush: &mut dyn FnMut(&mut String),
    ) {
        let others = self.processes.as_ref().map(|processes| processes.others());
        catalog_metrics::write(page, &self.store, others.as_deref(), (format, exemplars), &mut scratch.catalog, flush);
        if self.has_other_crates {
            let help = |kind, name: &str| self.foreign.help(kind, name);
            let bounds = |name: &str| self.foreign.bounds(name);
            foreign_metrics::append_sorted(page, &self.foreign.render(), format, &help, &bounds, flush);
        }
        if format == Format::OpenMetrics {
            page.push_str("# EOF\n");
        }
    }

    /// Moves the buffered samples of other crates' histograms into the exporter's histograms; otherwise they would stay in
    /// memory.
    pub(crate) fn run_upkeep(&self) {
        self.foreign.run_upkeep();
    }
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Page")
    }
}
