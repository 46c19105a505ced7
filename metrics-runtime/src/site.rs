//! Where metrics are recorded: one site for each attribute on a function.

use core::fmt;

use crate::Outcome;
use crate::family::Family;
use crate::mode::Mode;
use crate::slot::Sample;
use crate::spec::{Known, LabelSpec};
use crate::text::Text;

/// A place in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name of the function, or of the declared metric.
    pub item: &'static str,
    /// The module that it stands in.
    pub module: &'static str,
    /// The file, as the compiler was given it.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} (`{}::{}`)", self.file, self.line, self.module, self.item)
    }
}

/// What a site records, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The duration of a call, when it ends.
    Duration,
    /// A call, when it starts.
    Start,
    /// A call, when it ends, however it ends.
    End,
    /// A call, when it ends `ok`.
    Ok,
    /// A call, when it ends otherwise.
    Failure,
    /// The number of calls that have started and not ended.
    InFlight,
    /// Nothing by itself: the metric was declared, and is set by hand.
    Declared,
}

/// One attribute on one function.
#[derive(Debug)]
pub struct Site {
    /// What it records, and when.
    pub event: Event,
    /// The metric.
    pub family: &'static Family,
    /// Of the labels that are not known when the call starts.
    pub offsets: Offsets,
}

impl Site {
    /// A site that records `event` in a declared metric, whose labels are known as `uses` says.
    ///
    /// # Panics
    ///
    /// In the compiler, where a label is missing, or where it has no value for a call that returned nothing; the message
    /// is the program's error.
    #[must_use]
    #[track_caller]
    pub const fn declared(event: Event, family: &'static Family, uses: &[LabelUse]) -> Self {
        let mut at = 0;
        while at < family.labels.len() {
            let label = &family.labels[at];
            match LabelUse::of(uses, at) {
                None => panic!(
                    "{}",
                    Text::new()
                        .word("the label `")
                        .word(label.name())
                        .word("` of the metric `")
                        .word(family.name)
                        .word("` is missing here: add it to `labels(…)`")
                        .as_str()
                ),
                Some(Known::FromResult) if label.none.is_none() => panic!(
                    "{}",
                    Text::new()
                        .word("the label `")
                        .word(label.name())
                        .word("` is read from the returned value, and a call that is cancelled or panics has none: ")
                        .word("declare it as `Option<…>`, or give its set a variant `None`")
                        .as_str()
                ),
                Some(_) => {}
            }
            at += 1;
        }
        Self { event, family, offsets: Offsets::with(family.labels, Some(uses)) }
    }

    #[inline(always)]
    pub(crate) fn start(&self, mode: Mode, base: u32) {
        match self.event {
            Event::Start => self.family.record(mode, base, Sample::Increment(1)),
            Event::InFlight => self.family.record(mode, base, Sample::Up),
            _ => {}
        }
    }

    /// The end of a call that ended `ok`, where our recorder is installed.
    #[inline(always)]
    pub(crate) fn end_ok(&self, slot: u32, nanoseconds: u64) {
        match self.event {
            Event::Duration => self.family.record(Mode::INSTALLED, slot, Sample::Nanoseconds(nanoseconds)),
            Event::Ok | Event::End => self.family.record(Mode::INSTALLED, slot, Sample::Increment(1)),
            Event::InFlight => self.family.record(Mode::INSTALLED, slot, Sample::Down),
            Event::Start | Event::Failure | Event::Declared => {}
        }
    }

    /// `result` is the offset of the labels that were read from the returned value, where there is one.
    #[inline]
    pub(crate) fn end(&self, mode: Mode, base: u32, result: Option<u32>, outcome: Outcome, nanoseconds: u64) {
        let happened = match self.event {
            Event::Duration | Event::End => true,
            Event::Ok => !outcome.is_failure(),
            Event::Failure => outcome.is_failure(),
            Event::InFlight => return self.family.record(mode, base, Sample::Down),
            Event::Start | Event::Declared => false,
        };
        if !happened {
            return;
        }
        let result = result.unwrap_or_else(|| self.offsets.without_result(outcome));
        let slot = base + result + self.offsets.of(outcome);
        match self.event {
            Event::Duration => self.family.record(mode, slot, Sample::Nanoseconds(nanoseconds)),
            _ => self.family.record(mode, slot, Sample::Increment(1)),
        }
    }
}

/// When a site knows the value of a declared metric's label.
#[derive(Clone, Copy, Debug)]
pub struct LabelUse {
    at: usize,
    known: Known,
}

impl LabelUse {
    /// Before the body runs.
    #[must_use]
    pub const fn at_start(at: usize) -> Self {
        Self { at, known: Known::AtStart }
    }

    /// From the returned value.
    #[must_use]
    pub const fn from_result(at: usize) -> Self {
        Self { at, known: Known::FromResult }
    }

    /// From how the call ended.
    #[must_use]
    pub const fn outcome(at: usize) -> Self {
        Self { at, known: Known::FromOutcome { skipped: 0 } }
    }

    /// From how the call failed.
    #[must_use]
    pub const fn failed_outcome(at: usize) -> Self {
        Self { at, known: Known::FromOutcome { skipped: 1 } }
    }

    const fn of(uses: &[Self], label: usize) -> Option<Known> {
        let mut at = 0;
        while at < uses.len() {
            if uses[at].at == label {
                return Some(uses[at].known);
            }
            at += 1;
        }
        None
    }
}

/// Where among a metric's slots the labels lead that are not known when a call starts.
#[derive(Clone, Copy, Debug)]
pub struct Offsets {
    /// Of the labels that are read from the returned value, for a call that was cancelled, one that panicked, and one whose
    /// value could not be looked at.
    without_result: [u32; 3],
    /// Of the label that shows how the call ended; zero where there is no such label.
    outcome_stride: u32,
    /// How many outcomes that label leaves out.
    outcomes_skipped: u32,
}

impl Offsets {
    /// Of a metric without labels.
    pub const NONE: Self = Self { without_result: [0; 3], outcome_stride: 0, outcomes_skipped: 0 };

    /// Of a metric whose labels say themselves when they are known.
    #[must_use]
    pub const fn new(labels: &[LabelSpec]) -> Self {
        Self::with(labels, None)
    }

    const fn with(labels: &[LabelSpec], uses: Option<&[LabelUse]>) -> Self {
        let mut offsets = Self::NONE;
        let mut at = 0;
        while at < labels.len() {
            let label = &labels[at];
            let known = match uses {
                None => label.known,
                Some(uses) => match LabelUse::of(uses, at) {
                    Some(known) => known,
                    None => Known::AtStart,
                },
            };
            let [cancelled, panic, unseen] = match (known, label.none) {
                (Known::FromError, Some(none)) => [label.own(), label.own() + 1, none],
                (Known::FromResult, Some(none)) => [none; 3],
                _ => [0; 3],
            };
            offsets.without_result[0] += label.stride * cancelled;
            offsets.without_result[1] += label.stride * panic;
            offsets.without_result[2] += label.stride * unseen;
            if let Known::FromOutcome { skipped } = known {
                offsets.outcome_stride = label.stride;
                offsets.outcomes_skipped = skipped;
            }
            at += 1;
        }
        offsets
    }

    fn without_result(self, outcome: Outcome) -> u32 {
        match outcome {
            Outcome::Cancelled => self.without_result[0],
            Outcome::Panic => self.without_result[1],
            _ => self.without_result[2],
        }
    }

    fn of(self, outcome: Outcome) -> u32 {
        (outcome as u32).saturating_sub(self.outcomes_skipped) * self.outcome_stride
    }
}

/// The sites of one annotated function.
#[derive(Debug)]
pub struct Function<const N: usize> {
    /// Where the function is.
    pub place: Place,
    /// One for each attribute.
    pub sites: [Site; N],
    /// Whether one of them needs the clock.
    pub timed: bool,
    /// Whether one of them records when a call starts.
    pub starts: bool,
}

impl<const N: usize> Function<N> {
    /// One label of one site.
    #[inline]
    #[must_use]
    pub fn label(&'static self, site: usize, label: usize) -> &'static LabelSpec {
        &self.sites[site].family.labels[label]
    }

    /// What the catalog lists.
    #[must_use]
    pub const fn definition(&'static self) -> Definition {
        Definition { place: &self.place, sites: &self.sites }
    }
}

/// What one function, or one declaration, adds to the catalog.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    pub(crate) place: &'static Place,
    pub(crate) sites: &'static [Site],
}
