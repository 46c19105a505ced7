//! The exemplars that the receiver has.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use crate::export::state::{Exemplar, Family, Series};

/// The exemplars that were sent with an export that has arrived.
///
/// A page has the last exemplar of each series and bucket for as long as no other call takes its place, which may be for days. The
/// receiver gets each of them once: the specification counts an exemplar to the measurements since the last export, and most of
/// OpenTelemetry's SDKs forget theirs with each.
#[derive(Default)]
pub(super) struct SentExemplars {
    /// The last of each series and bucket, whose hash is the key: there are never more than those. Two with the same hash would be
    /// sent more than once, which does no harm.
    last: HashMap<u64, Exemplar>,
    hasher: RandomState,
}

impl SentExemplars {
    /// Leaves out the exemplars that the receiver has.
    pub(super) fn leave_out_of(&self, families: &mut [Family<'_>]) {
        for family in families {
            let name = family.name;
            for series in &mut family.series {
                let mut exemplars = std::mem::take(&mut series.exemplars);
                exemplars.retain(|exemplar| self.last.get(&self.key(name, series, exemplar)) != Some(exemplar));
                series.exemplars = exemplars;
            }
        }
    }

    /// The receiver now has the exemplars of these metrics too.
    pub(super) fn add(&mut self, families: &[Family<'_>]) {
        for family in families {
            for series in &family.series {
                for exemplar in &series.exemplars {
                    self.last.insert(self.key(family.name, series, exemplar), *exemplar);
                }
            }
        }
    }

    fn key(&self, name: &str, series: &Series<'_>, exemplar: &Exemplar) -> u64 {
        self.hasher.hash_one((name, &series.labels, exemplar.bucket))
    }
}
