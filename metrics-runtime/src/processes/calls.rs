//! The calls that a process had in flight when it was killed. Nothing of the process can tell them: they are what had started
//! and had not ended.

use std::collections::{BTreeMap, BTreeSet};

use super::description::{CallsOf, DescribedMetric, Description, Evidence};
use crate::catalog::{Catalog, Metric, Site};
use crate::definition::Event;
use crate::recorder::Store;
use crate::storage::OtherWords;
use crate::vocabulary::Kind;

/// The functions whose calls can be counted. Their order depends on the catalog alone.
pub(super) fn functions(catalog: &Catalog, store: &Store) -> Vec<CallsOf> {
    let by_name: BTreeMap<&str, usize> =
        store.metrics().iter().enumerate().map(|(at, metric)| (metric.name, at)).collect();
    let mut of: BTreeMap<BTreeSet<String>, Metrics> = BTreeMap::new();
    for metric in catalog.metrics().filter(|metric| !metric.is_read()) {
        let Some(at) = by_name.get(metric.name()).copied() else { continue };
        let functions: BTreeSet<String> = metric.sites().iter().map(Site::path).collect();
        let metrics = of.entry(functions).or_default();
        let place = match recorded_by_all(metric) {
            Some(Event::Start) => &mut metrics.started,
            Some(Event::End) => &mut metrics.ended,
            Some(Event::Duration) => &mut metrics.timed,
            Some(Event::Ok) => &mut metrics.ok,
            Some(Event::Failure) => &mut metrics.failed,
            Some(Event::InFlight) => &mut metrics.in_flight,
            _ => continue,
        };
        place.get_or_insert(at);
    }
    // A function whose calls are in the counts of several sets would be counted twice.
    let mut counted: BTreeSet<String> = BTreeSet::new();
    let mut all = Vec::new();
    for (functions, metrics) in of {
        let Some(evidence) = metrics.evidence() else { continue };
        if functions.is_disjoint(&counted) {
            all.push(CallsOf { function: functions.iter().cloned().collect::<Vec<_>>().join(","), evidence });
            counted.extend(functions);
        }
    }
    all
}

/// The metrics of some functions, by what each records.
#[derive(Clone, Copy, Debug, Default)]
struct Metrics {
    started: Option<usize>,
    ended: Option<usize>,
    timed: Option<usize>,
    ok: Option<usize>,
    failed: Option<usize>,
    in_flight: Option<usize>,
}

impl Metrics {
    /// A process that is killed while a call ends has that call in some of its metrics, and not in others. So one of them is
    /// believed: a counter of ends, where there is one.
    fn evidence(&self) -> Option<Evidence> {
        let both = || Some(vec![self.ok?, self.failed?]);
        let ended = self.ended.or(self.timed).map(|metric| vec![metric]).or_else(both);
        match (self.started, ended) {
            (Some(started), Some(ended)) => Some(Evidence::Counts { started, ended }),
            _ => self.in_flight.map(Evidence::Gauge),
        }
    }
}

/// The event that each site records, if they record one, and nothing else.
fn recorded_by_all(metric: &Metric) -> Option<Event> {
    const OF_CALLS: [Event; 6] =
        [Event::Start, Event::End, Event::Duration, Event::Ok, Event::Failure, Event::InFlight];
    OF_CALLS.into_iter().find(|event| metric.sites().iter().all(|site| site.records_only(*event)))
}

impl CallsOf {
    /// The calls that this process had in flight.
    pub(super) fn in_flight(&self, description: &Description, words: &OtherWords) -> u64 {
        let metric = |at: usize| description.metrics.get(at);
        match &self.evidence {
            Evidence::Counts { started, ended } => {
                let ended = ended.iter().filter_map(|at| metric(*at)).map(|metric| count(metric, words));
                let ended = ended.fold(0, u64::wrapping_add);
                metric(*started).map_or(0, |metric| count(metric, words)).saturating_sub(ended)
            }
            Evidence::Gauge(at) => {
                let rows = metric(*at).into_iter().flat_map(|metric| metric.region.rows());
                let value: f64 = rows.map(|first| words.gauge(first)).sum();
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a number of calls")]
                {
                    value.max(0.0) as u64
                }
            }
        }
    }
}

/// All counts of a counter or of a histogram.
fn count(metric: &DescribedMetric, words: &OtherWords) -> u64 {
    let of_row = |first| match metric.kind {
        Kind::Histogram => {
            let mut counts = vec![0; metric.bounds.len() + 1];
            words.add_to(first, &mut counts);
            counts.iter().fold(0, |sum: u64, count| sum.wrapping_add(*count))
        }
        _ => words.word(first),
    };
    metric.region.rows().map(of_row).fold(0, u64::wrapping_add)
}
