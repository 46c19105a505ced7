//! Where a site keeps the way to one series.

use std::sync::OnceLock;
#[cfg(feature = "exporter")]
use std::sync::atomic::{AtomicU32, Ordering};

#[cfg(feature = "exporter")]
use crate::recorder::Words;

/// What is recorded in a series.
///
/// It is handed over in two registers, so that nothing is put aside for the rare ways, which are out of line: for that,
/// all payloads are whole numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sample {
    /// A counter grows.
    Increment(u64),
    /// A gauge goes up by one.
    Up,
    /// A gauge goes down by one.
    Down,
    /// A gauge goes up by so much.
    Add(Bits),
    /// A gauge is set.
    Set(Bits),
    /// A histogram observes a duration.
    Nanoseconds(u64),
    /// A histogram observes a value, in its own unit.
    Observation(Bits),
}

/// A number with a fraction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bits(u64);

impl Bits {
    #[inline(always)]
    pub(crate) const fn of(value: f64) -> Self {
        Self(value.to_bits())
    }

    #[inline(always)]
    pub(crate) const fn value(self) -> f64 {
        f64::from_bits(self.0)
    }
}

/// A handle of the facade's.
pub(crate) enum Instrument {
    Counter(metrics::Counter),
    Gauge(metrics::Gauge),
    Histogram(metrics::Histogram),
}

impl Instrument {
    pub(crate) fn record(&self, sample: Sample) {
        match (self, sample) {
            (Self::Counter(counter), Sample::Increment(by)) => counter.increment(by),
            (Self::Gauge(gauge), Sample::Up) => gauge.increment(1.0),
            (Self::Gauge(gauge), Sample::Down) => gauge.decrement(1.0),
            (Self::Gauge(gauge), Sample::Add(delta)) => gauge.increment(delta.value()),
            (Self::Gauge(gauge), Sample::Set(value)) => gauge.set(value.value()),
            #[allow(clippy::cast_precision_loss, reason = "2^53 ns are 104 days; longer calls lose nanoseconds")]
            (Self::Histogram(histogram), Sample::Nanoseconds(nanoseconds)) => {
                histogram.record(nanoseconds as f64 * 1e-9);
            }
            // As our own recorder takes it, so that a test sees what the page will show.
            (Self::Histogram(histogram), Sample::Observation(value)) if value.value().is_finite() => {
                histogram.record(value.value().max(0.0));
            }
            // The kinds of sites and of declared metrics are checked where they are compiled.
            _ => {}
        }
    }
}

/// What the facade's recorder answers.
pub(crate) enum Answer {
    /// This is the handle.
    Is(Instrument),
    /// One of the labels has no such value yet, or nobody could be asked.
    NotYet,
    /// The recorder has panicked.
    Never,
}

/// The slots of one metric, one for each combination of label values.
#[derive(Debug)]
pub struct Slots<All: ?Sized = [Slot]> {
    /// The bounds of a histogram's buckets in nanoseconds: known before the first slot is filled.
    #[cfg(feature = "exporter")]
    pub(crate) bounds: OnceLock<&'static [u64]>,
    pub(crate) all: All,
}

impl<const N: usize> Slots<[Slot; N]> {
    /// Slots without a series.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "it is made in the compiler")]
    pub const fn new() -> Self {
        Self {
            #[cfg(feature = "exporter")]
            bounds: OnceLock::new(),
            all: [const { Slot::new() }; N],
        }
    }
}

#[cfg(feature = "exporter")]
impl Slots {
    /// Where our own recorder keeps the series of a slot.
    #[inline(always)]
    pub(crate) fn words(&self, slot: u32) -> Option<Words> {
        self.all.get(slot as usize)?.words()
    }
}

/// The way to one series: where our own recorder keeps it, or a handle of the facade's.
///
/// It is empty until a recorder is known, so that a call that comes too early does not bind it to one that keeps nothing.
#[derive(Default)]
pub struct Slot {
    /// The number of the series' first word, which is never zero.
    #[cfg(feature = "exporter")]
    kept: AtomicU32,
    /// `None` where the facade's recorder has panicked: it is not asked again.
    instrument: OnceLock<Option<Instrument>>,
}

impl Slot {
    /// A slot without a series.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            #[cfg(feature = "exporter")]
            kept: AtomicU32::new(0),
            instrument: OnceLock::new(),
        }
    }

    /// Where our own recorder keeps the series.
    #[cfg(feature = "exporter")]
    #[inline(always)]
    pub(crate) fn words(&self) -> Option<Words> {
        // `Acquire` pairs with `keep`: who sees the words also sees the bounds that were set before them.
        Words::from_first(self.kept.load(Ordering::Acquire))
    }

    #[cfg(feature = "exporter")]
    pub(crate) fn keep(&self, words: Words) {
        self.kept.store(words.first(), Ordering::Release);
    }

    /// The facade's handle, asked for the first time; there is none where one of the labels has no such value yet.
    pub(crate) fn instrument(&self, ask: impl FnOnce() -> Answer) -> Option<&Instrument> {
        if self.instrument.get().is_none() {
            // Should another thread be first, its handle is of the same series.
            let _ = self.instrument.set(match ask() {
                Answer::Is(instrument) => Some(instrument),
                Answer::NotYet => return None,
                Answer::Never => None,
            });
        }
        self.instrument.get()?.as_ref()
    }
}

impl core::fmt::Debug for Slot {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let is_filled = self.instrument.get().is_some_and(Option::is_some);
        #[cfg(feature = "exporter")]
        let is_filled = is_filled || self.words().is_some();
        f.write_str(if is_filled { "Slot(filled)" } else { "Slot(empty)" })
    }
}
