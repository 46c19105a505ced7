//! The metrics of other crates that were accepted for the page. Every call of a facade's macro looks its metric up, so a
//! look-up takes no lock. Metrics are never removed.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::OnceLock;

use crate::vocabulary::Kind;

/// Up to about this many metrics are found in one step; with more metrics a look-up gets a little slower.
const CHAINS: usize = 1024;

/// A set of metrics that only grows: a hash table with chains.
#[derive(Debug)]
pub(super) struct KnownMetrics {
    hasher: RandomState,
    chains: Box<[Link]>,
}

type Link = OnceLock<Box<Metric>>;

#[derive(Debug)]
struct Metric {
    kind: Kind,
    name: Box<str>,
    next: Link,
}

impl KnownMetrics {
    pub(super) fn new() -> Self {
        Self { hasher: RandomState::new(), chains: (0..CHAINS).map(|_| Link::new()).collect() }
    }

    /// Whether the metric was inserted.
    pub(super) fn contains(&self, kind: Kind, name: &str) -> bool {
        let mut link = self.chain(name);
        while let Some(metric) = link.get() {
            if metric.kind == kind && *metric.name == *name {
                return true;
            }
            link = &metric.next;
        }
        false
    }

    /// Adds a metric. A metric that is inserted twice is in the set twice, which does no harm.
    pub(super) fn insert(&self, kind: Kind, name: &str) {
        let mut link = self.chain(name);
        let mut metric = Box::new(Metric { kind, name: name.into(), next: Link::new() });
        // If another thread fills the link first, this metric goes behind that thread's metric.
        while let Err(back) = link.set(metric) {
            metric = back;
            let Some(first) = link.get() else { return };
            link = &first.next;
        }
    }

    fn chain(&self, name: &str) -> &Link {
        #[allow(clippy::cast_possible_truncation, reason = "any bits of the hash will do")]
        let hash = self.hasher.hash_one(name) as usize;
        &self.chains[hash % CHAINS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_that_several_threads_insert_are_all_found() {
        let known = KnownMetrics::new();
        let name = |thread: usize, at: usize| format!("metric_{thread}_{at}");
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let known = &known;
                scope.spawn(move || {
                    for at in 0..CHAINS {
                        known.insert(Kind::Gauge, &name(thread, at));
                        assert!(known.contains(Kind::Gauge, &name(thread, at)));
                    }
                });
            }
        });
        for thread in 0..4 {
            assert!((0..CHAINS).all(|at| known.contains(Kind::Gauge, &name(thread, at))));
        }
        assert!(!known.contains(Kind::Counter, &name(0, 0)));
        assert!(!known.contains(Kind::Gauge, "another"));
    }
}
