//! The metrics of the program, as the linker collects them.

use std::collections::BTreeMap;

use linkme::distributed_slice;

use super::conflict::CatalogConflict;
use super::metric::{Metric, Site};
use super::{agreement, precedence};
use crate::definition::{Definition, Family};
use crate::format::SeriesNames;

/// One element for each annotated function and each declared metric of the program.
#[distributed_slice]
pub static DEFINITIONS: [Definition];

/// The metrics of the program, whether or not they were recorded yet, in the order of their names.
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
            // A metric that one function records twice, by `on = ok` and `on = failure`, has one place all the same.
            if !metric.sites.iter().any(|known| std::ptr::eq(known.family, family) && known.place == place) {
                metric.sites.push(Site { family, place });
            }
        }
    }
    for metric in metrics.values_mut() {
        precedence::keep_programs_definition(metric);
        // The linker's order means nothing; the order of the source does.
        metric.sites.sort_by_key(|site| (site.place.file, site.place.line));
    }
    precedence::keep_programs_names(&mut metrics);
    Catalog { metrics }
}

/// See [`catalog`].
#[derive(Debug)]
pub struct Catalog {
    metrics: BTreeMap<&'static str, Metric>,
}

impl Catalog {
    /// The metrics, in the order of their names.
    pub fn metrics(&self) -> impl Iterator<Item = &Metric> {
        self.metrics.values()
    }

    /// The metric with this name.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<&Metric> {
        self.metrics.get(name)
    }

    /// The largest number of series that the program can ever have from these metrics: lines with a value on the page.
    #[must_use]
    pub fn max_series(&self) -> u64 {
        self.metrics().map(Metric::max_series).fold(0, u64::saturating_add)
    }

    /// Whether all sites of each metric agree on what it is, and whether the metrics can be on one page: OpenMetrics writes
    /// the counter `jobs_total` as `jobs`, beside which there can be no gauge `jobs`, and the sum of the histogram
    /// `wait_seconds` as `wait_seconds_sum`. [`init`](crate::init) asks this too.
    ///
    /// ```
    /// // In a test of one's own program:
    /// assert_eq!(metrics_runtime::catalog().check().map_err(|conflict| conflict.to_string()), Ok(()));
    /// ```
    ///
    /// # Errors
    ///
    /// The first metric whose sites disagree in kind, labels or buckets, or that would have a name of another on the page,
    /// with all places.
    pub fn check(&self) -> Result<(), CatalogConflict> {
        self.metrics().try_for_each(agreement::check)?;
        let mut names: SeriesNames<&Metric> = SeriesNames::default();
        for metric in self.metrics() {
            if let Some((name, other)) = names.find_clash(metric.name(), metric.kind().into()) {
                return Err(agreement::name_conflict(name, other, metric));
            }
            names.add(metric.name(), metric.kind().into(), &metric);
        }
        Ok(())
    }

    /// Every family of every metric.
    pub(crate) fn families(&self) -> impl Iterator<Item = &'static Family> {
        self.metrics().flat_map(Metric::families)
    }
}
