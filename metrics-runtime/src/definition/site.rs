//! The places where metrics are recorded: one site for each attribute on a function.

use core::fmt;

use super::family::Family;
use super::label_spec::{LabelSpec, ValueSource};
use super::offsets::{LabelUse, Offsets};
use crate::util::ConstText;

/// A place in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name of the function, or of the declared metric.
    pub item: &'static str,
    /// The path of the module that contains it.
    pub module: &'static str,
    /// The file, with the path that the compiler gives it.
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
    /// A call, when it ends with any outcome.
    End,
    /// A call, when it ends `ok`.
    Ok,
    /// A call, when it ends with any other outcome.
    Failure,
    /// The number of calls that have started and not ended.
    InFlight,
    /// Nothing: the site is the metric's declaration, and hand-written code records the values.
    Declared,
    /// The time of the last call that ended `ok`, when it ends.
    LastOk,
    /// A call, when it ends with any other outcome than `ok` and `cancelled`.
    FailureExceptCancelled,
    /// A value that a call knows when it starts.
    StartValue,
    /// A value that is read from what a call returns, when it ends.
    EndValue,
    /// An item of a stream.
    Item,
}

impl Event {
    /// Whether it counts only calls that fail: [`Failure`](Self::Failure) or
    /// [`FailureExceptCancelled`](Self::FailureExceptCancelled).
    ///
    /// ```
    /// use metrics_runtime::Event;
    ///
    /// assert!(Event::FailureExceptCancelled.is_failure() && !Event::End.is_failure());
    /// ```
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Failure | Self::FailureExceptCancelled)
    }
}

/// One attribute on one function.
#[derive(Debug)]
pub struct Site {
    /// What it records, and when.
    pub event: Event,
    /// The metric.
    pub family: &'static Family,
    /// The offsets of the labels whose values are not known when the call starts.
    pub offsets: Offsets,
}

impl Site {
    /// A site that records `event` in a declared metric. `uses` gives the source of each label's value.
    ///
    /// # Panics
    ///
    /// If a label is missing, or if it is read from the returned value and has no `none` for a call that returned nothing. It
    /// runs in const evaluation, so the panic is a compile error, with its message.
    #[must_use]
    #[track_caller]
    pub const fn declared(event: Event, family: &'static Family, uses: &[LabelUse]) -> Self {
        let mut index = 0;
        while index < family.labels.len() {
            let label = &family.labels[index];
            match LabelUse::find(uses, index) {
                None => panic!(
                    "{}",
                    ConstText::new()
                        .text("the label `")
                        .text(label.name())
                        .text("` of the metric `")
                        .text(family.name)
                        .text("` is missing here: add it to `labels(…)`")
                        .as_str()
                ),
                Some(ValueSource::ReturnedValue) if label.fallback.is_none() => panic!(
                    "{}",
                    ConstText::new()
                        .text("the label `")
                        .text(label.name())
                        .text("` is read from the returned value, and a call that is cancelled or panics has no returned value: ")
                        .text("declare it as `Option<…>`, or add a variant `None` to its type")
                        .as_str()
                ),
                Some(_) => {}
            }
            index += 1;
        }
        Self { event, family, offsets: Offsets::compute(family.labels, Some(uses)) }
    }
}

/// The sites of one annotated function.
#[derive(Debug)]
pub struct Function<const N: usize> {
    /// The place of the function.
    pub place: Place,
    /// Its sites, one for each attribute.
    pub sites: [Site; N],
    /// Whether one of them needs the clock.
    pub timed: bool,
    /// Whether one of them records when a call starts.
    pub starts: bool,
}

impl<const N: usize> Function<N> {
    /// A label of a site, both by index.
    #[inline]
    #[must_use]
    pub fn label(&'static self, site: usize, label: usize) -> &'static LabelSpec {
        &self.sites[site].family.labels[label]
    }

    /// The function's entry in the catalog.
    #[must_use]
    pub const fn __metrics_definition(&'static self) -> Definition {
        Definition { place: &self.place, sites: &self.sites }
    }
}

/// An entry of the catalog: an annotated function or a declared metric, with its sites.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    pub(crate) place: &'static Place,
    pub(crate) sites: &'static [Site],
}
