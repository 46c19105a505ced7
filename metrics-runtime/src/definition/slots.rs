//! The slots of a metric, which keep the handle of each series.

use std::sync::atomic::AtomicU64;
use std::sync::{OnceLock, RwLock};

#[cfg(feature = "exporter")]
use crate::storage::{PublishedBuckets, PublishedRow, Row};

/// A handle of the `metrics` facade.
#[derive(Clone)]
pub(crate) enum FacadeHandle {
    Counter(metrics::Counter),
    Gauge(metrics::Gauge),
    Histogram(metrics::Histogram),
}

/// A handle of an attached recorder, which may drop the series that the handle leads to.
pub(crate) struct KeptHandle {
    pub(crate) handle: RwLock<FacadeHandle>,
    /// When the recorder was asked for the handle, by the clock of calls.
    pub(crate) asked_at: AtomicU64,
    /// The bits of a gauge's value, as far as the handle has changed it.
    pub(crate) level: AtomicU64,
    /// What a counter of fractions has not handed over yet, in steps: less than one unit.
    pub(crate) rest: AtomicU64,
}

/// The result of asking the facade's recorder for a handle.
pub(crate) enum Registration<Handle> {
    /// The recorder gave this handle.
    Handle(Handle),
    /// No handle yet: one of the labels has no such value yet, or the recorder could not be asked.
    Pending,
    /// The recorder panicked.
    Panicked,
}

/// The slots of one metric, one for each combination of label values.
#[derive(Debug)]
pub struct Slots<All: ?Sized = [Slot]> {
    /// The buckets of a histogram. They are set before the first row is published.
    #[cfg(feature = "exporter")]
    pub(crate) buckets: PublishedBuckets,
    pub(crate) all: All,
}

/// The slot of a metric without labels.
pub type OneSlot = Slots<[Slot; 1]>;

impl<const N: usize> Slots<[Slot; N]> {
    /// Empty slots.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "`Default` cannot be used in const evaluation")]
    pub const fn new() -> Self {
        Self {
            #[cfg(feature = "exporter")]
            buckets: PublishedBuckets::empty(),
            all: [const { Slot::new() }; N],
        }
    }
}

#[cfg(feature = "exporter")]
impl Slots {
    /// The row of a slot's series in our own recorder, if it is published.
    #[inline(always)]
    pub(crate) fn row(&self, slot: u32) -> Option<Row> {
        self.all.get(slot as usize)?.row()
    }
}

/// The handle of one series: its row in our own recorder, or a handle of the facade.
///
/// It stays empty until a recorder is known, so that an early call does not bind it to the facade's no-op recorder.
#[derive(Default)]
pub struct Slot {
    #[cfg(feature = "exporter")]
    row: PublishedRow,
    /// `None` if the facade's recorder panicked: it is not asked again.
    handle: OnceLock<Option<Box<KeptHandle>>>,
}

impl Slot {
    /// An empty slot.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            #[cfg(feature = "exporter")]
            row: PublishedRow::empty(),
            handle: OnceLock::new(),
        }
    }

    /// The row of the series in our own recorder, if it is published.
    #[cfg(feature = "exporter")]
    #[inline(always)]
    pub(crate) fn row(&self) -> Option<Row> {
        self.row.get()
    }

    /// Sets the row. The buckets of a histogram must be set before.
    #[cfg(feature = "exporter")]
    pub(crate) fn publish(&self, row: Row) {
        self.row.publish(row);
    }

    /// The facade's handle. `register` creates it the first time. `None` if there is no handle (yet).
    pub(crate) fn handle(&self, register: impl FnOnce() -> Registration<Box<KeptHandle>>) -> Option<&KeptHandle> {
        if self.handle.get().is_none() {
            // If another thread sets it first, that handle is for the same series.
            let _ = self.handle.set(match register() {
                Registration::Handle(handle) => Some(handle),
                Registration::Pending => return None,
                Registration::Panicked => None,
            });
        }
        self.handle.get()?.as_deref()
    }
}

impl core::fmt::Debug for Slot {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let is_filled = self.handle.get().is_some_and(Option::is_some);
        #[cfg(feature = "exporter")]
        let is_filled = is_filled || self.row().is_some();
        f.write_str(if is_filled { "Slot(filled)" } else { "Slot(empty)" })
    }
}
