//! A metric as the compiler knows it: constant data, and one slot for each combination of label values.

use metrics::{Key, KeyName, Level, Metadata, Recorder};

use crate::budget::Budget;
use crate::facade::with_global_recorder;
use crate::mode::Mode;
use crate::slot::{Instrument, Slot};
use crate::spec::{LabelSpec, series};

/// What a metric measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A count that only grows.
    Counter,
    /// A value that goes up and down.
    Gauge,
    /// Observations, counted in buckets.
    Histogram,
}

impl Kind {
    /// The word that Prometheus has for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

impl core::fmt::Display for Kind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The buckets of a histogram that names none, in seconds: those of Prometheus' own client libraries.
pub const DEFAULT_BUCKETS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Where the facade's metadata say that a value of our own sites comes from.
pub(crate) const OWN_TARGET: &str = "metrics_runtime";

/// A metric: a name with a kind, a help text, labels, buckets, and a slot for each series.
#[derive(Debug)]
pub struct Family {
    pub(crate) kind: Kind,
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    pub(crate) labels: &'static [LabelSpec],
    /// Empty where the site names none.
    pub(crate) buckets: &'static [f64],
    pub(crate) budget: Budget,
    slots: &'static [Slot],
}

impl Family {
    /// Puts a metric together.
    ///
    /// # Panics
    ///
    /// In the compiler, unless there is one slot for each combination of label values.
    #[must_use]
    pub const fn new(
        kind: Kind,
        name: &'static str,
        help: &'static str,
        labels: &'static [LabelSpec],
        buckets: &'static [f64],
        budget: Budget,
        slots: &'static [Slot],
    ) -> Self {
        assert!(slots.len() == series(labels), "a metric has one slot for each combination of label values");
        Self { kind, name, help, labels, buckets, budget, slots }
    }

    /// Runs `record` on the instrument of a slot, wherever the mode has it.
    #[inline(always)]
    pub(crate) fn with(&'static self, mode: Mode, slot: u32, record: impl Fn(&Instrument)) {
        if mode == Mode::INSTALLED {
            self.slot(slot).into_iter().for_each(record);
        } else if mode != Mode::OFF {
            self.with_slowly(mode, slot, &record);
        }
    }

    /// The same where our recorder is installed. What is recorded is handed over by value: nothing of it is put aside for
    /// the case that the series has to be made first.
    #[inline(always)]
    pub(crate) fn with_installed<T: Copy>(&'static self, slot: u32, value: T, record: fn(&Instrument, T)) {
        match self.slots.get(slot as usize).and_then(Slot::get) {
            Some(instrument) => record(instrument, value),
            None => self.with_first(slot, value, record),
        }
    }

    /// The first value of a series that could not be named before.
    #[cold]
    #[inline(never)]
    fn with_first<T: Copy>(&'static self, slot: u32, value: T, record: fn(&Instrument, T)) {
        if let Some(instrument) = self.slot(slot) {
            record(instrument, value);
        }
    }

    #[cold]
    fn with_slowly(&'static self, mode: Mode, slot: u32, record: &dyn Fn(&Instrument)) {
        let is_kept = matches!(mode, Mode::ATTACHED | Mode::INSTALLED_BY_CLOCK)
            || (mode == Mode::CAPTURING && !crate::testing::is_captured());
        if is_kept {
            self.slot(slot).into_iter().for_each(record);
        } else {
            metrics::with_recorder(|recorder| self.register(recorder, slot).iter().for_each(record));
        }
    }

    #[inline]
    fn slot(&'static self, index: u32) -> Option<&'static Instrument> {
        let slot = self.slots.get(index as usize)?;
        slot.get().or_else(|| self.fill(slot, index))
    }

    #[cold]
    fn fill(&'static self, slot: &'static Slot, index: u32) -> Option<&'static Instrument> {
        slot.get_or_try_fill(|| {
            #[cfg(feature = "exporter")]
            if crate::recorder::is_installed() {
                return crate::recorder::instrument(self, index);
            }
            with_global_recorder(|recorder| self.register(recorder, index)).flatten()
        })
    }

    /// Fills the slots of all series that can be named already, so that they are on the first page, at zero: a series
    /// that appears with its first failure hides that failure from `rate()`.
    pub(crate) fn create_series(&'static self) {
        for (index, slot) in (0u32..).zip(self.slots) {
            if !self.labels.iter().any(|label| label.is_expression_panic(index)) {
                self.fill(slot, index);
            }
        }
    }

    /// Asks a recorder for the series of a slot; `None` where one of the labels has no such value yet.
    fn register(&self, recorder: &dyn Recorder, slot: u32) -> Option<Instrument> {
        static METADATA: Metadata<'_> = Metadata::new(OWN_TARGET, Level::INFO, None);
        let labels = self
            .labels
            .iter()
            .map(|label| Some(metrics::Label::from_static_parts(label.name(), label.value_at(slot)?)))
            .collect::<Option<Vec<_>>>()?;
        let key = Key::from_parts(KeyName::from_const_str(self.name), labels);
        Some(match self.kind {
            Kind::Counter => Instrument::Counter(recorder.register_counter(&key, &METADATA)),
            Kind::Gauge => Instrument::Gauge(recorder.register_gauge(&key, &METADATA)),
            Kind::Histogram => Instrument::Histogram(recorder.register_histogram(&key, &METADATA)),
        })
    }
}
