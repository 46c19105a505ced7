//! Why a metric of another crate is not recorded, and the log of it.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::util::shown;
use crate::vocabulary::Kind;

/// Why a metric is rejected. The text says what to do instead.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Rejection {
    #[error("it has no name: give it one")]
    NoName,
    #[error("one of its labels has no name: give it one")]
    NoLabelName,
    #[error(
        "it has a label that would be written as `{}`, but Prometheus reserves names that begin with `__`: give the label \
         another name",
        shown(.0)
    )]
    ReservedLabel(String),
    #[error("its label `{0}` is one that Prometheus itself adds to histograms and summaries: give it another name")]
    BoundLabel(String),
    #[error("two of its labels would be written as `{}`, with different values: give one of them another name", shown(.0))]
    DuplicateLabel(String),
    #[error("one of its values is NaN, infinite or too large for a sum: record finite values")]
    NotFinite,
    #[error("the program has a metric of this name, but {0}: give one of the two another name")]
    CatalogMismatch(&'static str),
    #[error(
        "it would be written with the name `{}`, which {}'s {kind} `{}` already has: give one of the two another name",
        shown(.name), if *.of_program { "the program" } else { "a crate" }, shown(.owner)
    )]
    NameTaken { name: String, kind: Kind, owner: String, of_program: bool },
}

/// Logs rejected metrics, once for each name.
#[derive(Debug, Default)]
pub(crate) struct RejectionLog {
    logged: Mutex<BTreeSet<String>>,
}

/// A limit, because a program may create new names for as long as it runs.
const MAX_LOGGED: usize = 1000;

impl RejectionLog {
    /// Logs why a metric is rejected, unless its name was logged before.
    pub(crate) fn log(&self, name: &str, rejection: &Rejection) {
        let logged = {
            let mut names = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
            if names.len() >= MAX_LOGGED || names.contains(name) {
                return;
            }
            names.insert(name.to_owned());
            names.len()
        };
        // A log subscriber may record metrics too, so no lock is held here.
        let what = match rejection {
            Rejection::NotFinite => "not completely recorded",
            _ => "not recorded",
        };
        tracing::warn!(
            metric = &*shown(name),
            "a metric that a crate records through the `metrics` facade is {what}: {rejection}"
        );
        if logged == MAX_LOGGED {
            tracing::warn!(
                "{MAX_LOGGED} such metrics were logged: further ones are not recorded either, but not logged"
            );
        }
    }
}
