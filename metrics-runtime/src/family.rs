//! A metric as the compiler knows it: constant data, and one slot for each combination of label values.

#[cfg(feature = "exporter")]
use metrics::{CounterFn as _, GaugeFn as _, HistogramFn as _};
use metrics::{Key, KeyName, Level, Metadata, Recorder};

use crate::facade::{with_global_recorder, with_recorder};
use crate::mode::Mode;
#[cfg(feature = "exporter")]
use crate::recorder::{CounterCell, GaugeCell, HistogramCell};
use crate::slot::{Answer, Instrument, Sample, Slots};
use crate::spec::LabelSpec;
use crate::unwind::unless_it_panics;

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
///
/// Generated code writes it down field by field: a call would be another item for the compiler to check, in every
/// annotated function.
#[derive(Debug)]
pub struct Family {
    /// What it measures.
    pub kind: Kind,
    /// Its name, as on the page.
    pub name: &'static str,
    /// Its help text.
    pub help: &'static str,
    /// Its labels, the last one's values neighbours among the slots.
    pub labels: &'static [LabelSpec],
    /// The upper bounds of its buckets in seconds, without `+Inf`; empty where the site names none.
    pub buckets: &'static [f64],
    /// The largest number of series that it may have.
    pub budget: u64,
    /// One for each combination of label values.
    pub slots: &'static Slots,
}

impl Family {
    /// Records in the series of a slot, wherever the mode has it.
    #[inline(always)]
    pub(crate) fn record(&'static self, mode: Mode, slot: u32, sample: Sample) {
        #[cfg(feature = "exporter")]
        if mode == Mode::INSTALLED && self.record_kept(slot, sample) {
            return;
        }
        self.record_otherwise(mode, slot, sample);
    }

    /// Records where our own recorder keeps the series; `false` where it does not, or nobody has asked it yet.
    #[cfg(feature = "exporter")]
    #[inline(always)]
    fn record_kept(&'static self, slot: u32, sample: Sample) -> bool {
        let Some(words) = self.slots.words(slot) else { return false };
        match sample {
            Sample::Increment(by) => CounterCell::new(words).increment(by),
            Sample::Up => GaugeCell::new(words).step(true),
            Sample::Down => GaugeCell::new(words).step(false),
            Sample::Add(delta) => GaugeCell::new(words).increment(delta.value()),
            Sample::Set(value) => GaugeCell::new(words).set(value.value()),
            Sample::Nanoseconds(nanoseconds) => match self.slots.bounds.get() {
                Some(bounds) => HistogramCell::new(words, bounds).record_nanoseconds(nanoseconds),
                None => return false,
            },
            Sample::Observation(value) => match self.slots.bounds.get() {
                Some(bounds) => HistogramCell::new(words, bounds).record(value.value()),
                None => return false,
            },
        }
        true
    }

    /// In another mode, or the first time.
    #[cold]
    #[inline(never)]
    fn record_otherwise(&'static self, mode: Mode, slot: u32, sample: Sample) {
        let mode = mode.of_this_thread();
        if mode == Mode::OFF {
            return;
        }
        if mode.is_by_facade() {
            let _ = with_recorder(|recorder| {
                if let Some(instrument) = self.register(recorder, slot) {
                    instrument.record(sample);
                }
            });
            return;
        }
        let instrument = self.fill(slot);
        #[cfg(feature = "exporter")]
        if self.record_kept(slot, sample) {
            return;
        }
        if let Some(instrument) = instrument {
            let _ = unless_it_panics(|| instrument.record(sample));
        }
    }

    /// Asks the recorder for the series of a slot; gives the facade's handle, unless our own recorder keeps it.
    fn fill(&'static self, index: u32) -> Option<&'static Instrument> {
        let slot = self.slots.all.get(index as usize)?;
        #[cfg(feature = "exporter")]
        if crate::recorder::is_installed() {
            if slot.words().is_none()
                && let Some((words, bounds)) = crate::recorder::place(self, index)
            {
                // They are the same for all series.
                let _ = self.slots.bounds.set(bounds);
                slot.keep(words);
            }
            return None;
        }
        slot.instrument(|| {
            let ask = |recorder: &dyn Recorder| unless_it_panics(|| self.register(recorder, index));
            match with_global_recorder(ask) {
                Some(Some(Some(instrument))) => Answer::Is(instrument),
                Some(None) => Answer::Never,
                Some(Some(None)) | None => Answer::NotYet,
            }
        })
    }

    /// Fills the slots of all series that can be named already, so that they are on the first page, at zero: a series
    /// that appears with its first failure hides that failure from `rate()`.
    pub(crate) fn create_series(&'static self) {
        for (index, _) in (0u32..).zip(&self.slots.all) {
            if !self.labels.iter().any(|label| label.is_expression_panic(index)) {
                self.fill(index);
            }
        }
    }

    /// How many series that makes.
    #[cfg(feature = "exporter")]
    pub(crate) fn series_at_start(&self) -> u64 {
        self.labels.iter().map(LabelSpec::values_at_start).fold(1, u64::saturating_mul)
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
