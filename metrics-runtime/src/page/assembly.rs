//! One page, made of the catalog's metrics and of other crates'.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{catalog_metrics, foreign_metrics};
use crate::format::Format;
use crate::recorder::{CatalogRecorder, ForeignPage, Store};

/// The values that a recorder has, ready to be written.
#[derive(Clone)]
pub(crate) struct Page {
    store: Arc<Store>,
    foreign: ForeignPage,
    /// One page is made at a time; another request waits for it.
    scratch: Arc<Mutex<Scratch>>,
}

/// Buffers that are kept from page to page, so that the next page allocates only itself.
#[derive(Default)]
struct Scratch {
    text: catalog_metrics::Scratch,
    /// The length of the last page.
    length: usize,
}

impl Page {
    /// The page of a recorder.
    pub(crate) fn of(recorder: &CatalogRecorder) -> Self {
        Self { store: Arc::clone(recorder.store()), foreign: recorder.foreign_page(), scratch: Arc::default() }
    }

    /// Writes the page.
    pub(crate) fn render(&self, format: Format) -> String {
        let mut scratch = self.scratch();
        // A little more than the last one.
        let mut page = String::with_capacity(scratch.length + scratch.length / 64);
        self.write(&mut scratch, format, &mut page, &mut |_| {});
        scratch.length = page.len();
        page
    }

    /// Writes the page in parts of about `size` bytes; `take` gets each part and must leave the string empty.
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
        catalog_metrics::write(page, &self.store, format, &mut scratch.text, full);
        let help = |kind, name: &str| self.foreign.help(kind, name);
        foreign_metrics::append_sorted(page, &self.foreign.render(), format, &help, full);
        if format == Format::OpenMetrics {
            page.push_str("# EOF\n");
        }
    }

    /// Lets the exporter move the buffered samples of other crates' histograms into its summaries, so that they do not pile up.
    pub(crate) fn run_upkeep(&self) {
        self.foreign.run_upkeep();
    }
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Page")
    }
}
