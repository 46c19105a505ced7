//! A metric as the compiler knows it: constant data, and one slot for each combination of label values.

use metrics::{Key, KeyName, Level, Metadata, Recorder};

use crate::mode::Mode;
use crate::slot::{Instrument, Slot};
use crate::{Label, Outcome};

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

/// When the value of a label is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// Before the body runs.
    AtStart,
    /// From the returned value.
    FromResult,
    /// From how the call ended; the first `skipped` outcomes have no value of their own.
    FromOutcome { skipped: u32 },
    /// From the returned error, and from how the call ended where it returned none.
    FromError,
}

/// One label of a metric.
#[derive(Clone, Copy, Debug)]
pub struct LabelSpec {
    name: &'static str,
    cardinality: u32,
    value: fn(usize) -> Option<&'static str>,
    /// The value for want of one.
    none: Option<u32>,
    /// Values behind those of the type.
    added: &'static [&'static str],
    known: Known,
    /// How far apart in the slots two neighbouring values of this label are.
    stride: u32,
}

impl LabelSpec {
    /// A label whose value is a parameter's, or one that cannot panic.
    ///
    /// It takes what the type's `Label` says one by one rather than the type: generated code then mentions the type
    /// always in the same words, and the compiler says only once that it is no label.
    ///
    /// # Panics
    ///
    /// In the compiler, where the type has no value.
    #[must_use]
    pub const fn new(
        name: &'static str,
        cardinality: usize,
        none: Option<usize>,
        value: fn(usize) -> Option<&'static str>,
    ) -> Self {
        assert!(cardinality > 0, "a label needs at least one value");
        Self {
            name,
            cardinality: index_to_u32(cardinality),
            value,
            none: match none {
                Some(index) => Some(index_to_u32(index)),
                None => None,
            },
            added: &[],
            known: Known::AtStart,
            stride: 0,
        }
    }

    /// A label whose value is an expression's. Should that panic, the label is `none` and the program goes on.
    #[must_use]
    pub const fn or_none(mut self) -> Self {
        if self.none.is_none() {
            self.none = Some(self.cardinality);
            self.added = &["none"];
            self.cardinality += 1;
        }
        self
    }

    /// A label whose value is read from what the function returned, and `none` where it returned nothing.
    #[must_use]
    pub const fn from_result(self) -> Self {
        let mut label = self.or_none();
        label.known = Known::FromResult;
        label
    }

    /// The label `reason` from a set of the user's own: its values, and those of the calls that returned no error.
    #[must_use]
    pub const fn from_error(mut self) -> Self {
        self.added = &["cancelled", "panic", "error"];
        // An error whose reason cannot be asked without a panic is at least an error.
        self.none = Some(self.cardinality + 2);
        self.cardinality += 3;
        self.known = Known::FromError;
        self
    }

    /// The label `outcome`.
    #[must_use]
    pub const fn outcome() -> Self {
        let mut label = Self::of::<Outcome>("outcome");
        label.known = Known::FromOutcome { skipped: 0 };
        label
    }

    /// The label `outcome` of a metric that counts failures alone, or the label `reason`: every outcome but `ok`.
    #[must_use]
    pub const fn failure(name: &'static str) -> Self {
        let mut label = Self::of::<FailedOutcome>(name);
        label.known = Known::FromOutcome { skipped: 1 };
        label
    }

    const fn of<L: Label>(name: &'static str) -> Self {
        Self::new(name, L::CARDINALITY, L::NONE, L::value)
    }

    /// The label's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The offset of an expression's index, and that of `none` where the expression panics: a label must not change
    /// what the program does.
    #[inline]
    #[must_use]
    pub fn evaluate(&self, index: impl FnOnce() -> usize) -> u32 {
        match std::panic::catch_unwind(core::panic::AssertUnwindSafe(index)) {
            Ok(index) => self.at(index),
            Err(payload) => {
                // Dropping a payload may run code that panics again.
                core::mem::forget(payload);
                self.none.unwrap_or(0) * self.stride
            }
        }
    }

    /// The offset of the value with this index among the metric's slots.
    ///
    /// A hand-written `Label` may answer with an index that it does not have; it must not reach another series' slot.
    #[inline]
    #[must_use]
    pub fn at(&self, index: usize) -> u32 {
        let last = self.cardinality - 1;
        let index = u32::try_from(index).unwrap_or(last).min(last);
        index * self.stride
    }

    fn value_at(&self, slot: u32) -> Option<&'static str> {
        let index = (slot / self.stride) % self.cardinality;
        match index.checked_sub(self.own()) {
            None => (self.value)(index as usize),
            Some(added) => self.added.get(added as usize).copied(),
        }
    }

    /// The number of the type's own values.
    const fn own(&self) -> u32 {
        #[allow(clippy::cast_possible_truncation, reason = "there are at most three")]
        {
            self.cardinality - self.added.len() as u32
        }
    }

    /// Whether the slot can only be reached by an expression of the user's that panics.
    #[cfg(feature = "exporter")]
    fn is_expression_panic(&self, slot: u32) -> bool {
        let index = (slot / self.stride) % self.cardinality;
        let is_added = index >= self.own() && Some(index) == self.none;
        is_added && matches!(self.known, Known::AtStart | Known::FromError)
    }

    /// The texts of the values that it can have already.
    pub(crate) fn values(&self) -> impl Iterator<Item = &'static str> {
        (0..self.cardinality).filter_map(|index| self.value_at(index * self.stride))
    }

    /// Whether both stand for the same name and the same values.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        self.name == other.name && self.cardinality == other.cardinality && self.values().eq(other.values())
    }
}

/// Indices are stored in 32 bits, so that the guard of a call stays small.
const fn index_to_u32(index: usize) -> u32 {
    assert!(index < u32::MAX as usize, "a label has too many values");
    #[allow(clippy::cast_possible_truncation, reason = "the line above has checked it")]
    {
        index as u32
    }
}

/// Every outcome but `ok`.
struct FailedOutcome;

impl Label for FailedOutcome {
    const CARDINALITY: usize = <Outcome as Label>::CARDINALITY - 1;

    fn index(&self) -> usize {
        0
    }

    fn value(index: usize) -> Option<&'static str> {
        <Outcome as Label>::value(index + 1)
    }
}

/// Gives each label its stride: the last label's values are neighbours.
///
/// # Panics
///
/// In the compiler, where there are more series than can be counted.
#[must_use]
pub const fn labels<const N: usize>(mut labels: [LabelSpec; N]) -> [LabelSpec; N] {
    let mut stride: u32 = 1;
    let mut at = N;
    while at > 0 {
        at -= 1;
        labels[at].stride = stride;
        stride = match stride.checked_mul(labels[at].cardinality) {
            Some(stride) => stride,
            None => panic!("the labels of this metric make more series than can be counted"),
        };
    }
    labels
}

/// The number of combinations of label values: the number of slots.
#[must_use]
pub const fn series(labels: &[LabelSpec]) -> usize {
    let mut series = 1;
    let mut at = 0;
    while at < labels.len() {
        series *= labels[at].cardinality as usize;
        at += 1;
    }
    series
}

/// A metric: a name with a kind, a help text, labels, buckets, and a slot for each series.
#[derive(Debug)]
pub struct Family {
    pub(crate) kind: Kind,
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    pub(crate) labels: &'static [LabelSpec],
    /// Empty where the site names none.
    pub(crate) buckets: &'static [f64],
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
        slots: &'static [Slot],
    ) -> Self {
        assert!(slots.len() == series(labels), "a metric has one slot for each combination of label values");
        Self { kind, name, help, labels, buckets, slots }
    }

    /// The sum of the offsets of the labels that are read from the returned value, where there is none to be read.
    pub(crate) const fn offset_without_result(&self, outcome: Outcome) -> u32 {
        let mut offset = 0;
        let mut at = 0;
        while at < self.labels.len() {
            let label = &self.labels[at];
            offset += label.stride
                * match (label.known, label.none, outcome) {
                    (Known::FromError, _, Outcome::Cancelled) => label.own(),
                    (Known::FromError, _, Outcome::Panic) => label.own() + 1,
                    (Known::FromError | Known::FromResult, Some(none), _) => none,
                    _ => 0,
                };
            at += 1;
        }
        offset
    }

    /// The stride of the label that shows how the call ended, and how many outcomes it leaves out; a stride of zero
    /// where there is no such label.
    pub(crate) const fn outcome_stride(&self) -> (u32, u32) {
        let mut at = 0;
        while at < self.labels.len() {
            if let Known::FromOutcome { skipped } = self.labels[at].known {
                return (self.labels[at].stride, skipped);
            }
            at += 1;
        }
        (0, 0)
    }

    /// Runs `record` on the instrument of a slot, wherever the mode has it.
    #[inline]
    pub(crate) fn with(&self, mode: Mode, slot: u32, record: impl Fn(&Instrument)) {
        match mode {
            Mode::Off => {}
            Mode::Installed => {
                if let Some(instrument) = self.slot(slot) {
                    record(instrument);
                }
            }
            Mode::Facade => metrics::with_recorder(|recorder| {
                if let Some(instrument) = self.register(recorder, slot) {
                    record(&instrument);
                }
            }),
        }
    }

    #[inline]
    fn slot(&self, index: u32) -> Option<&Instrument> {
        let slot = self.slots.get(index as usize)?;
        slot.get().or_else(|| self.fill(slot, index))
    }

    #[cold]
    fn fill<'a>(&self, slot: &'a Slot, index: u32) -> Option<&'a Instrument> {
        slot.get_or_try_fill(|| metrics::with_recorder(|recorder| self.register(recorder, index)))
    }

    /// Fills the slots of all series that can be named already, so that they are on the first page, at zero: a series
    /// that appears with its first failure hides that failure from `rate()`.
    #[cfg(feature = "exporter")]
    pub(crate) fn create_series(&self) {
        for (index, slot) in (0u32..).zip(self.slots) {
            if !self.labels.iter().any(|label| label.is_expression_panic(index)) {
                self.fill(slot, index);
            }
        }
    }

    /// Gives the recorder the help text and the unit.
    #[cfg(feature = "exporter")]
    pub(crate) fn describe(&self, recorder: &dyn Recorder) {
        let (name, help) = (KeyName::from_const_str(self.name), self.help.into());
        match self.kind {
            Kind::Counter => recorder.describe_counter(name, None, help),
            Kind::Gauge => recorder.describe_gauge(name, None, help),
            Kind::Histogram => recorder.describe_histogram(name, Some(metrics::Unit::Seconds), help),
        }
    }

    /// Asks a recorder for the series of a slot; `None` where one of the labels has no such value yet.
    fn register(&self, recorder: &dyn Recorder, slot: u32) -> Option<Instrument> {
        static METADATA: Metadata<'_> = Metadata::new("metrics_runtime", Level::INFO, None);
        let labels = self
            .labels
            .iter()
            .map(|label| Some(metrics::Label::from_static_parts(label.name, label.value_at(slot)?)))
            .collect::<Option<Vec<_>>>()?;
        let key = Key::from_parts(KeyName::from_const_str(self.name), labels);
        Some(match self.kind {
            Kind::Counter => Instrument::Counter(recorder.register_counter(&key, &METADATA)),
            Kind::Gauge => Instrument::Gauge(recorder.register_gauge(&key, &METADATA)),
            Kind::Histogram => Instrument::Histogram(recorder.register_histogram(&key, &METADATA)),
        })
    }
}
