//! Collects the metrics of the program, which the linker puts into one slice.

use std::collections::BTreeMap;

use linkme::distributed_slice;

use super::conflict::CatalogConflict;
use super::metric::{Events, Metric, Site};
use super::objective::Objective;
use super::{agreement, objective_agreement, precedence};
use crate::definition::{Definition, Family, ObjectiveSpec};
use crate::format::SeriesNames;

/// One element for each annotated function and each declared metric of the program.
#[distributed_slice]
pub static DEFINITIONS: [Definition];

/// One element for each attribute with an objective.
#[distributed_slice]
pub static OBJECTIVES: [ObjectiveSpec];

/// The metrics of the program, sorted by name, whether or not they were recorded yet. Metrics of libraries that are linked
/// into the program belong to it.
///
/// ```
/// metrics_runtime::declare_metrics! {
///     /// Documents that were indexed.
///     pub counter DOCUMENTS_INDEXED = "documents_indexed_total";
/// }
///
/// let catalog = metrics_runtime::catalog();
/// let metric = catalog.metric("documents_indexed_total").expect("it is declared above");
/// assert_eq!(metric.help(), "Documents that were indexed.");
/// # DOCUMENTS_INDEXED.increment(1);
/// ```
#[must_use]
pub fn catalog() -> Catalog {
    let mut metrics: BTreeMap<&'static str, Metric> = BTreeMap::new();
    for definition in DEFINITIONS {
        for site in definition.sites {
            let (family, place) = (site.family, definition.place);
            let metric = metrics.entry(family.name).or_insert_with(Metric::without_sites);
            // A metric that one function records twice, by `on = ok` and `on = failure`, still has only one site.
            let mut sites = metric.sites.iter_mut();
            match sites.find(|known| std::ptr::eq(known.family, family) && known.place == place) {
                Some(known) => known.events = known.events.and(site.event),
                None => metric.sites.push(Site { family, place, events: Events::of(site.event) }),
            }
        }
    }
    for metric in metrics.values_mut() {
        precedence::prefer_program_definition(metric);
        // The linker's order is arbitrary, so sites get the order of the source.
        metric.sites.sort_by_key(|site| (site.place.file, site.place.line));
    }
    precedence::prefer_program_names(&mut metrics);
    let objectives = objectives_of(&metrics);
    Catalog { metrics, objectives }
}

/// The objectives of these metrics, sorted by metric and place. One that asks for the same of the same metric is left out.
fn objectives_of(metrics: &BTreeMap<&'static str, Metric>) -> Vec<Objective> {
    let mut objectives: Vec<Objective> = OBJECTIVES.iter().map(|spec| Objective { spec }).collect();
    objectives.retain(|objective| metrics.contains_key(objective.metric()) && metrics.contains_key(objective.total()));
    objectives.sort_by_key(|objective| (objective.metric(), objective.site().file(), objective.site().line()));
    // Their totals cannot differ: the check of the first finds a function that does not record its total.
    objectives.dedup_by(|objective, first| objective.metric() == first.metric() && objective.asks_for_the_same(first));
    objectives
}

/// The metrics of the program; [`catalog`] collects them.
#[derive(Debug)]
pub struct Catalog {
    metrics: BTreeMap<&'static str, Metric>,
    objectives: Vec<Objective>,
}

impl Catalog {
    /// The metrics, sorted by name.
    pub fn metrics(&self) -> impl Iterator<Item = &Metric> {
        self.metrics.values()
    }

    /// The metric with this name, as the program declares it (`jobs_total`).
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<&Metric> {
        self.metrics.get(name)
    }

    /// The objectives, sorted by metric: one for each metric that has one, if [`check`](Self::check) finds nothing wrong.
    pub fn objectives(&self) -> impl Iterator<Item = &Objective> {
        self.objectives.iter()
    }

    /// The largest number of series that these metrics can ever have. A series is a line with a value on the page.
    #[must_use]
    pub fn max_series(&self) -> u64 {
        self.metrics().map(Metric::max_series).fold(0, u64::saturating_add)
    }

    /// Checks that all sites of each metric agree on its definition, and that no two metrics take the same name on the page.
    /// OpenMetrics writes the counter `jobs_total` as `jobs`, so there cannot be a gauge `jobs` too, and the sum of the
    /// histogram `wait_seconds` takes the name `wait_seconds_sum`. Also checks that each [objective](Objective) fits its
    /// metrics: it is the only one, and the functions that record its failures are those that record its total. [`init`](crate::init) and [`attach`](crate::attach)
    /// check this too.
    ///
    /// ```
    /// // In a test of your program:
    /// assert_eq!(metrics_runtime::catalog().check().map_err(|conflict| conflict.to_string()), Ok(()));
    /// ```
    ///
    /// # Errors
    ///
    /// The first metric whose sites disagree on its kind, labels or buckets, or that would take a name of another metric on
    /// the page, or whose objective does not fit. The error names all sites.
    pub fn check(&self) -> Result<(), CatalogConflict> {
        self.metrics().try_for_each(agreement::check)?;
        let mut names: SeriesNames<&Metric> = SeriesNames::default();
        for metric in self.metrics() {
            if let Some((name, other)) = names.find_clash(metric.name(), metric.kind()) {
                return Err(agreement::name_conflict(name, other, metric));
            }
            names.add(metric.name(), metric.kind(), &metric);
        }
        self.check_objectives()
    }

    fn check_objectives(&self) -> Result<(), CatalogConflict> {
        objective_agreement::check_numbers(&self.objectives)?;
        self.objectives().try_for_each(|objective| {
            if let Some(metric) = self.metric(objective.metric()) {
                objective_agreement::check_bound(objective, metric)?;
            }
            objective_agreement::check_total(objective, &DEFINITIONS)
        })
    }

    /// The families of all metrics.
    pub(crate) fn families(&self) -> impl Iterator<Item = &'static Family> {
        self.metrics().flat_map(Metric::families)
    }
}
