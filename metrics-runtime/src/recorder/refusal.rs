//! Why a metric of another crate is not recorded.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::claims::WrittenAs;

/// What is wrong with a metric, and what to do instead.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("it has no name: give it one")]
    NoName,
    #[error("one of its labels has no name: give it one")]
    NoLabelName,
    #[error(
        "it has a label that would be written as `{0}`, and Prometheus keeps names that begin with `__` for itself: give \
         the label another name"
    )]
    ReservedLabel(String),
    #[error("its label `{0}` is one that Prometheus itself adds to histograms and summaries: give it another name")]
    BoundLabel(String),
    #[error("two of its labels would be written as `{0}`, with different values: give one of them another name")]
    LabelTwice(String),
    #[error("the program has a metric of this name, and {0}: give one of the two another name")]
    NotOfCatalog(&'static str),
    #[error(
        "it would be written with the name `{name}`, which {}'s {written_as} `{owner}` has already: give one of the two \
         another name", if *.of_program { "the program" } else { "a crate" }
    )]
    Taken { name: String, written_as: WrittenAs, owner: String, of_program: bool },
}

/// Which metrics were refused, and have been named in the log.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    named: Mutex<BTreeSet<String>>,
}

/// The names may be made while the program runs, and then there is no end to them.
const MOST_NAMED: usize = 1000;

impl Refusals {
    /// Says why a metric is refused, once for each name.
    pub(super) fn log(&self, name: &str, refusal: &Refusal) {
        let named = {
            let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
            if named.len() >= MOST_NAMED || named.contains(name) {
                return;
            }
            named.insert(name.to_owned());
            named.len()
        };
        // Who writes the log may record metrics too, so no lock is held here.
        tracing::warn!(
            metric = name,
            "a metric that a crate records through the `metrics` facade is not recorded: {refusal}"
        );
        if named == MOST_NAMED {
            tracing::warn!("{MOST_NAMED} such metrics have been named: others are not recorded either, and not named");
        }
    }
}
