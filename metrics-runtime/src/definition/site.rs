//! Where metrics are recorded: one site for each attribute on a function.

use core::fmt;

use super::family::Family;
use super::label_spec::{Known, LabelSpec};
use super::offsets::{LabelUse, Offsets};
use crate::util::ConstText;

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
            match LabelUse::find(uses, at) {
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
                Some(Known::FromResult) if label.none.is_none() => panic!(
                    "{}",
                    ConstText::new()
                        .text("the label `")
                        .text(label.name())
                        .text("` is read from the returned value, and a call that is cancelled or panics has none: ")
                        .text("declare it as `Option<…>`, or give its set a variant `None`")
                        .as_str()
                ),
                Some(_) => {}
            }
            at += 1;
        }
        Self { event, family, offsets: Offsets::with(family.labels, Some(uses)) }
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
