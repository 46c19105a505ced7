//! Where metrics are recorded: one site for each attribute on a function.

use core::fmt;

use crate::Outcome;
use crate::family::{Family, Kind};
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
    pub(crate) event: Event,
    pub(crate) family: &'static Family,
    /// The offset of the labels that are read from the returned value, for a call that was cancelled, one that
    /// panicked, and one whose value could not be looked at.
    without_result: [u32; 3],
    outcome_stride: u32,
    outcomes_skipped: u32,
}

impl Site {
    /// A site that records `event` in `family`.
    ///
    /// # Panics
    ///
    /// In the compiler, where the metric's kind cannot hold the event.
    #[must_use]
    pub const fn new(event: Event, family: &'static Family) -> Self {
        match (event, family.kind) {
            (Event::Duration, Kind::Histogram)
            | (Event::InFlight, Kind::Gauge)
            | (Event::Start | Event::End | Event::Ok | Event::Failure, Kind::Counter)
            | (Event::Declared, _) => {}
            _ => panic!("this attribute cannot record in a metric of this kind"),
        }
        Self::with(event, family, None)
    }

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
        Self::with(event, family, Some(uses))
    }

    const fn with(event: Event, family: &'static Family, uses: Option<&[LabelUse]>) -> Self {
        let (outcome_stride, outcomes_skipped) = outcome_stride(family, uses);
        let without_result = [
            offset_without_result(family, uses, Outcome::Cancelled),
            offset_without_result(family, uses, Outcome::Panic),
            offset_without_result(family, uses, Outcome::Error),
        ];
        Self { event, family, without_result, outcome_stride, outcomes_skipped }
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
        let result = result.unwrap_or(match outcome {
            Outcome::Cancelled => self.without_result[0],
            Outcome::Panic => self.without_result[1],
            _ => self.without_result[2],
        });
        let slot = base + result + (outcome as u32).saturating_sub(self.outcomes_skipped) * self.outcome_stride;
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

/// When a label's value is known: as the site says, else as the metric says.
const fn known(family: &Family, uses: Option<&[LabelUse]>, label: usize) -> Known {
    match uses {
        None => family.labels[label].known,
        Some(uses) => match LabelUse::of(uses, label) {
            Some(known) => known,
            None => Known::AtStart,
        },
    }
}

/// The sum of the offsets of the labels that are read from the returned value, where there is none to be read.
const fn offset_without_result(family: &Family, uses: Option<&[LabelUse]>, outcome: Outcome) -> u32 {
    let mut offset = 0;
    let mut at = 0;
    while at < family.labels.len() {
        let label = &family.labels[at];
        offset += label.stride
            * match (known(family, uses, at), label.none, outcome) {
                (Known::FromError, _, Outcome::Cancelled) => label.own(),
                (Known::FromError, _, Outcome::Panic) => label.own() + 1,
                (Known::FromError | Known::FromResult, Some(none), _) => none,
                _ => 0,
            };
        at += 1;
    }
    offset
}

/// The stride of the label that shows how the call ended, and how many outcomes it leaves out; a stride of zero where
/// there is no such label.
const fn outcome_stride(family: &Family, uses: Option<&[LabelUse]>) -> (u32, u32) {
    let mut at = 0;
    while at < family.labels.len() {
        if let Known::FromOutcome { skipped } = known(family, uses, at) {
            return (family.labels[at].stride, skipped);
        }
        at += 1;
    }
    (0, 0)
}

/// The sites of one annotated function.
#[derive(Debug)]
pub struct Function<const N: usize> {
    place: Place,
    pub(crate) sites: [Site; N],
    /// Whether one of them needs the clock.
    pub(crate) timed: bool,
    /// Whether one of them records when a call starts.
    pub(crate) starts: bool,
}

impl<const N: usize> Function<N> {
    /// Puts the sites of a function together.
    #[must_use]
    pub const fn new(place: Place, sites: [Site; N]) -> Self {
        let (mut timed, mut starts) = (false, false);
        let mut at = 0;
        while at < N {
            timed |= matches!(sites[at].event, Event::Duration);
            starts |= matches!(sites[at].event, Event::Start | Event::InFlight);
            at += 1;
        }
        Self { place, sites, timed, starts }
    }

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
