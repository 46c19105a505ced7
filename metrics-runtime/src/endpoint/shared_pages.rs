//! The texts of the page. Clients that ask at the same time share one, and slow readers keep only a bounded number of bytes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use hyper::body::Bytes;
use tokio::sync::OnceCell;
use tokio::task::yield_now;
use tokio::time::sleep;

use super::places::Places;
use crate::format::Format;
use crate::page::{Page, compress};

/// How often the other tasks run before a page is made, so that requests that have already come share it.
const TURNS: usize = 3;

/// Texts that are together smaller than this can stay with slow readers, however small the page is.
const ALWAYS_KEPT: usize = 4 * 1024 * 1024;

/// A page from this size on takes so long to make that requests get the last one if it is new and others still read it.
const LARGE: usize = 4 * 1024 * 1024;

/// How long a text of a large page is new.
const NEW: Duration = Duration::from_millis(250);

/// A reader of a large page that reads nothing for this time gives way to a request for another page.
const STOPPED: Duration = Duration::from_millis(250);

/// How long to wait before looking again at the readers of the last page.
const PAUSE: Duration = Duration::from_millis(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) format: Format,
    pub(super) is_gzip: bool,
}

/// One text of the page.
#[derive(Clone)]
pub(super) struct Text {
    pub(super) id: u64,
    pub(super) is_gzip: bool,
    pub(super) bytes: Bytes,
}

/// Makes the texts of a page.
pub(super) struct SharedPages {
    page: Page,
    /// The connections that read them. None on the application's own server.
    places: Option<Arc<Places>>,
    /// The texts that are asked for and not begun. Except for large pages, a request never gets a text that was begun before
    /// it came: it would not show what the client did before.
    asked_for: Mutex<Vec<(Kind, Batch)>>,
    /// The texts that were made. Locked while the next one is made.
    made: tokio::sync::Mutex<Made>,
}

/// The text that the requests for one kind get which came at the same time.
type Batch = Arc<OnceCell<Text>>;

#[derive(Default)]
struct Made {
    in_use: Vec<InUse>,
    last_id: u64,
    /// The length of the last page without compression.
    page_length: usize,
}

/// A text that some client may still be reading.
struct InUse {
    id: u64,
    kind: Kind,
    is_gzip: bool,
    made_at: Instant,
    text: Weak<Vec<u8>>,
    length: usize,
}

/// What the clones and parts of a text share.
struct Owner(Arc<Vec<u8>>);

impl AsRef<[u8]> for Owner {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl SharedPages {
    pub(super) fn new(page: Page, places: Option<Arc<Places>>) -> Self {
        Self { page, places, asked_for: Mutex::default(), made: tokio::sync::Mutex::default() }
    }

    fn asked_for(&self) -> MutexGuard<'_, Vec<(Kind, Batch)>> {
        self.asked_for.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A text of this kind with the values of now or later.
    pub(super) async fn get(&self, kind: Kind) -> Text {
        let batch = {
            let mut asked_for = self.asked_for();
            let same = asked_for.iter().find(|(other, _)| *other == kind).map(|(_, batch)| Arc::clone(batch));
            same.unwrap_or_else(|| {
                let batch = Batch::default();
                asked_for.push((kind, Arc::clone(&batch)));
                batch
            })
        };
        batch.get_or_init(|| self.make(kind, &batch)).await.clone()
    }

    async fn make(&self, kind: Kind, batch: &Batch) -> Text {
        let mut made = self.made.lock().await;
        for _ in 0..TURNS {
            yield_now().await;
        }
        if let Some(text) = made.newest(kind) {
            self.close(batch);
            return text;
        }
        if let Some(places) = &self.places {
            made.make_room(places).await;
        }
        self.close(batch);
        // Compressing into memory does not fail.
        let compressed = if kind.is_gzip { compress(&self.page, kind.format).ok() } else { None };
        let is_gzip = compressed.is_some();
        let (text, page_length) = compressed.unwrap_or_else(|| {
            let page = self.page.render(kind.format).into_bytes();
            let length = page.len();
            (page, length)
        });
        made.page_length = page_length;
        made.keep(kind, text, is_gzip)
    }

    /// From now on no request joins this batch.
    fn close(&self, batch: &Batch) {
        self.asked_for().retain(|(_, other)| !Arc::ptr_eq(other, batch));
    }
}

impl Made {
    /// While a text is made, those before it take at most the room of one page.
    async fn make_room(&mut self, places: &Places) {
        let deadline = Instant::now() + STOPPED;
        // Making a page may take the room of two. Before it, the readers that have stopped give way.
        while self.length_in_use() > ALWAYS_KEPT && Instant::now() < deadline {
            for text in &self.in_use {
                places.free_readers_of(text.id, Some(STOPPED));
            }
            // Meanwhile the connections are closed, or read on.
            sleep(PAUSE).await;
        }
        // If the others take more, the readers give way of the text whose readers have stopped for longest.
        let mut length = self.length_in_use();
        let mut by_progress: Vec<_> =
            self.in_use.iter().map(|text| (places.progress_with(text.id), text.id, text.length)).collect();
        by_progress.sort_unstable();
        for (_, id, freed) in by_progress {
            if length <= self.page_length.max(ALWAYS_KEPT) {
                break;
            }
            places.free_readers_of(id, None);
            length -= freed;
        }
        yield_now().await;
    }

    fn length_in_use(&mut self) -> usize {
        self.in_use.retain(|text| text.text.strong_count() > 0);
        self.in_use.iter().map(|text| text.length).sum()
    }

    /// A text of this kind of a large page, if it is new and in use.
    fn newest(&self, kind: Kind) -> Option<Text> {
        let is_shared = |text: &&InUse| text.kind == kind && text.made_at.elapsed() < NEW;
        let text = self.in_use.iter().rev().find(is_shared).filter(|_| self.page_length >= LARGE)?;
        Some(text.shared(text.text.upgrade()?))
    }

    fn keep(&mut self, kind: Kind, text: Vec<u8>, is_gzip: bool) -> Text {
        self.last_id += 1;
        let (id, length, text) = (self.last_id, text.len(), Arc::new(text));
        let in_use = InUse { id, kind, is_gzip, made_at: Instant::now(), text: Arc::downgrade(&text), length };
        let shared = in_use.shared(text);
        self.in_use.push(in_use);
        shared
    }
}

impl InUse {
    fn shared(&self, text: Arc<Vec<u8>>) -> Text {
        Text { id: self.id, is_gzip: self.is_gzip, bytes: Bytes::from_owner(Owner(text)) }
    }
}
