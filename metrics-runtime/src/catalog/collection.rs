//! Collects the metrics of the program, which the linker puts into one slice.

use std::collections::BTreeMap;

use linkme::distributed_slice;

use super::conflict::CatalogConflict;
use super::help;
use super::help_source::HelpSource;
use super::metric::{Events, Metric, Site};
use super::note::CatalogNote;
use super::objective::Objective;
use super::{agreement, objective_agreement, precedence};
#[cfg(feature = "exporter")]
use crate::definition::KILLED_CALLS;
use crate::definition::{
    Definition, Event, Family, FractionalCounter, GaugeJoin, Join, ObjectiveSpec, Place, Program, Reading,
};
use crate::format::SeriesNames;

/// One element for each annotated function and each declared metric of the program.
#[distributed_slice]
pub static DEFINITIONS: [Definition];

/// One element for each attribute with an objective.
#[distributed_slice]
pub static OBJECTIVES: [ObjectiveSpec];
/// One element for each attribute that asks for the age of the oldest call in flight.
#[distributed_slice]
pub static READINGS: [Reading];

/// One element for each place whose `metrics.toml` limits the series of all metrics together.
#[distributed_slice]
pub static LIMITS: [u64];

/// One element for each gauge that is declared with a `join`.
#[distributed_slice]
pub static JOINS: [GaugeJoin];

/// One element for each metric whose help text is the `description` of an attribute.
#[distributed_slice]
pub static DESCRIPTIONS: [&'static Family];

/// One element for each counter that is declared to count fractions.
#[distributed_slice]
pub static FRACTIONS: [FractionalCounter];

/// One element for each `build_info!()` of the program.
#[distributed_slice]
pub static PROGRAMS: [Program];

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
                None => metric.sites.push(Site::new(family, place, Events::of(site.event))),
            }
        }
    }
    for family in DESCRIPTIONS {
        sites_of(&mut metrics, family).for_each(|site| site.help = HelpSource::Description);
    }
    for FractionalCounter { family } in FRACTIONS {
        sites_of(&mut metrics, family).for_each(|site| site.is_fractional = true);
    }
    for Program { family, place, .. } in PROGRAMS {
        let metric = metrics.entry(family.name).or_insert_with(Metric::without_sites);
        // The program may declare it by hand, with labels of its own.
        if metric.sites.iter().all(|site| PROGRAMS.iter().any(|program| site.place == program.place)) {
            metric.sites.push(Site::new(family, place, Events::of(Event::Declared)));
        }
    }
    for reading in readings() {
        let metric = metrics.entry(reading.family.name).or_insert_with(Metric::without_sites);
        let site = Site::new(reading.family, reading.place, Events::NONE);
        metric.sites.push(Site { reading: Some(reading), help: HelpSource::Declaration, ..site });
    }
    for metric in metrics.values_mut() {
        precedence::prefer_program_definition(metric);
        // The linker's order is arbitrary, so sites get the order of the source.
        metric.sites.sort_by_key(|site| (site.place.file, site.place.line));
    }
    precedence::prefer_program_names(&mut metrics);
    for metric in metrics.values_mut().filter(|metric| metric.sites.iter().any(|site| site.records(Event::LastOk))) {
        // A sum of times is not a time.
        metric.join = Join::Max;
    }
    for metric in metrics.values_mut().filter(|metric| metric.name().ends_with("build_info")) {
        // It is always 1.
        metric.join = Join::Max;
    }
    for GaugeJoin { family, join } in JOINS {
        let metric =
            metrics.get_mut(family.name).filter(|metric| metric.families().any(|known| std::ptr::eq(known, *family)));
        if let Some(metric) = metric {
            // Two declarations of one metric: the linker's order must not decide.
            metric.join = metric.join.max(*join);
        }
    }
    link_ages(&mut metrics);
    #[cfg(feature = "exporter")]
    if let Some(metric) = metrics.get_mut(KILLED_CALLS) {
        metric.most_values = Some(functions());
    }
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

/// The number of functions that record something.
#[cfg(feature = "exporter")]
fn functions() -> u64 {
    let records = |definition: &&Definition| definition.sites.iter().any(|site| site.event != Event::Declared);
    DEFINITIONS.iter().filter(records).count() as u64
}

/// Tells each metric of calls in flight which metric has their ages.
fn link_ages(metrics: &mut BTreeMap<&'static str, Metric>) {
    let ages: Vec<(&'static str, &'static str)> =
        metrics.values().filter_map(|metric| Some((metric.oldest_of()?, metric.name()))).collect();
    for (gauge, ages) in ages {
        if let Some(metric) = metrics.get_mut(gauge) {
            metric.oldest.get_or_insert(ages);
        }
    }
}

/// The metrics whose values are read while a page is made.
fn readings() -> impl Iterator<Item = &'static Reading> {
    #[cfg(all(feature = "exporter", target_os = "linux"))]
    let of_process = super::process_metrics::PROCESS_METRICS;
    #[cfg(not(all(feature = "exporter", target_os = "linux")))]
    let of_process: &[Reading] = &[];
    #[cfg(feature = "exporter")]
    let of_exports = super::export_metrics::EXPORT_METRICS;
    #[cfg(not(feature = "exporter"))]
    let of_exports: &[Reading] = &[];
    #[cfg(feature = "exporter")]
    let of_gauges = super::reading_failures::READING_FAILURES;
    #[cfg(not(feature = "exporter"))]
    let of_gauges: &[Reading] = &[];
    #[cfg(feature = "exporter")]
    let of_processes = super::shared_processes::KILLED.iter().chain(super::shared_processes::PROCESSES);
    #[cfg(not(feature = "exporter"))]
    let of_processes = [].iter();
    READINGS.iter().chain(of_process).chain(of_exports).chain(of_gauges).chain(of_processes)
}

/// The sites that have this definition of a metric.
fn sites_of<'m>(
    metrics: &'m mut BTreeMap<&'static str, Metric>,
    family: &'static Family,
) -> impl Iterator<Item = &'m mut Site> {
    let sites = metrics.get_mut(family.name).into_iter().flat_map(|metric| &mut metric.sites);
    sites.filter(move |site| std::ptr::eq(site.family, family))
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

    /// The first metric that has a label of this name.
    #[cfg(feature = "exporter")]
    pub(crate) fn metric_with_label(&self, name: &str) -> Option<&Metric> {
        self.metrics().find(|metric| metric.labels().iter().any(|label| label.name() == name))
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

    /// The name of the program's package, if the program has [`build_info!()`](crate::build_info!).
    #[must_use]
    pub fn program(&self) -> Option<&'static str> {
        Some(PROGRAMS.first()?.name)
    }

    /// Checks that all sites of each metric agree on its definition, and that no two metrics take the same name on the page.
    /// OpenMetrics writes the counter `jobs_total` as `jobs`, so there cannot be a gauge `jobs` too, and the sum of the
    /// histogram `wait_seconds` takes the name `wait_seconds_sum`. Also checks that all of them together have no more
    /// series than `series-in-total` in `metrics.toml` allows, and that each [objective](Objective) fits its metrics: it is the only one, and the functions that record its failures are those that record its total.
    /// [`init`](crate::init) and [`attach`](crate::attach) check this too.
    ///
    /// It gives notes on what stops nothing and should be mended: a metric whose places give it different help texts, of which none
    /// is worth more than the others. The text of a declaration is worth the most, and a `description` more than a default.
    /// [`init`](crate::init) and [`attach`](crate::attach) log these.
    ///
    /// ```standalone_crate
    /// // In a test of your program:
    /// let notes = metrics_runtime::catalog().check().expect("the metrics fit each other");
    /// assert!(notes.is_empty(), "{notes:?}");
    /// ```
    ///
    /// # Errors
    ///
    /// `build_info!()` is written twice, or the first metric whose sites disagree on its kind, labels or buckets, or that would
    /// take a name of another metric on the page, or whose objective does not fit. The error names all sites.
    pub fn check(&self) -> Result<Vec<CatalogNote>, CatalogConflict> {
        let mut programs: Vec<&Place> = PROGRAMS.iter().map(|program| program.place).collect();
        programs.sort_by_key(|place| (place.file, place.line));
        if let [one, other, ..] = programs[..] {
            return Err(CatalogConflict::programs(one, other));
        }
        self.metrics().try_for_each(agreement::check)?;
        self.check_total()?;
        let mut names: SeriesNames<&Metric> = SeriesNames::default();
        for metric in self.metrics() {
            if let Some((name, other)) = names.find_clash(metric.name(), metric.kind(), |_| true) {
                return Err(agreement::name_conflict(name, other, metric));
            }
            names.add(metric.name(), metric.kind(), &metric);
        }
        self.check_objectives()?;
        Ok(self.metrics().filter_map(help::note).collect())
    }

    /// The smallest limit counts: the program keeps all of them.
    fn check_total(&self) -> Result<(), CatalogConflict> {
        let Some(limit) = LIMITS.iter().copied().min().filter(|limit| self.max_series() > *limit) else {
            return Ok(());
        };
        let mut largest: Vec<(&str, u64)> = self.metrics().map(|metric| (metric.name(), metric.max_series())).collect();
        largest.sort_by_key(|(_, series)| std::cmp::Reverse(*series));
        Err(CatalogConflict::total(self.max_series(), limit, &largest[..largest.len().min(3)]))
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

    /// The metrics whose values are recorded. A recorder of the user's has no others.
    pub(crate) fn recorded(&self) -> impl Iterator<Item = &Metric> {
        self.metrics().filter(|metric| !metric.is_read())
    }
}
