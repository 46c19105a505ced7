//! All metrics that are linked into the program.

use std::collections::BTreeMap;

use linkme::distributed_slice;

use crate::family::{DEFAULT_BUCKETS, Family, Kind};
use crate::site::{Definition, Place};

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
    let mut catalog = Catalog { metrics: BTreeMap::new(), conflicts: Vec::new() };
    for definition in DEFINITIONS {
        for site in definition.sites {
            catalog.add(site.family, definition.place);
        }
    }
    catalog
}

/// See [`catalog`].
#[derive(Debug)]
pub struct Catalog {
    metrics: BTreeMap<&'static str, Metric>,
    conflicts: Vec<CatalogConflict>,
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

    /// Whether all sites of each metric agree on what it is; [`init`](crate::init) asks this too.
    ///
    /// # Errors
    ///
    /// The first metric whose sites disagree in kind, labels or buckets, with both places.
    pub fn check(&self) -> Result<(), CatalogConflict> {
        self.conflicts.first().map_or(Ok(()), |conflict| Err(conflict.clone()))
    }

    fn add(&mut self, family: &'static Family, place: &'static Place) {
        let Some(metric) = self.metrics.get_mut(family.name) else {
            let buckets = (!family.buckets.is_empty()).then_some((family.buckets, place));
            self.metrics.insert(family.name, Metric { families: vec![family], first: place, buckets });
            return;
        };
        if metric.families.iter().any(|known| std::ptr::eq(*known, family)) {
            return;
        }
        if let Err(conflict) = metric.unite(family, place) {
            self.conflicts.push(conflict);
        }
    }
}

/// One metric of the [`Catalog`].
#[derive(Debug)]
pub struct Metric {
    /// One for each literal site, one for a declaration: all mean the same metric.
    families: Vec<&'static Family>,
    first: &'static Place,
    buckets: Option<(&'static [f64], &'static Place)>,
}

impl Metric {
    fn family(&self) -> &'static Family {
        self.families[0]
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.family().name
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.family().kind
    }

    /// Its help text.
    #[must_use]
    pub fn help(&self) -> &'static str {
        self.family().help
    }

    /// The names of its labels.
    pub fn labels(&self) -> impl Iterator<Item = &'static str> {
        self.family().labels.iter().map(crate::family::LabelSpec::name)
    }

    /// The upper bounds of its buckets without `+Inf`, empty where it is no histogram.
    #[must_use]
    pub fn buckets(&self) -> &'static [f64] {
        match (self.kind(), self.buckets) {
            (Kind::Histogram, Some((buckets, _))) => buckets,
            (Kind::Histogram, None) => DEFAULT_BUCKETS,
            _ => &[],
        }
    }

    #[cfg(feature = "exporter")]
    pub(crate) fn families(&self) -> &[&'static Family] {
        &self.families
    }

    fn unite(&mut self, family: &'static Family, place: &'static Place) -> Result<(), CatalogConflict> {
        let first = self.family();
        let conflict = |what: &'static str, at_first: String, first: &Place, at_second: String| CatalogConflict {
            metric: family.name,
            what,
            first: format!("{at_first} at {first}"),
            second: format!("{at_second} at {place}"),
        };
        if first.kind != family.kind {
            return Err(conflict("kind", first.kind.to_string(), self.first, family.kind.to_string()));
        }
        let agree = first.labels.len() == family.labels.len()
            && first.labels.iter().zip(family.labels).all(|(one, other)| one.agrees_with(other));
        if !agree {
            return Err(conflict("labels", labels_of(first), self.first, labels_of(family)));
        }
        if !family.buckets.is_empty() {
            match self.buckets {
                Some((buckets, given)) if buckets != family.buckets => {
                    return Err(conflict("buckets", format!("{buckets:?}"), given, format!("{:?}", family.buckets)));
                }
                Some(_) => {}
                None => self.buckets = Some((family.buckets, place)),
            }
        }
        self.families.push(family);
        Ok(())
    }
}

fn labels_of(family: &Family) -> String {
    let labels: Vec<String> = family
        .labels
        .iter()
        .map(|label| {
            let values: Vec<&str> = label.values().collect();
            format!("{} ({})", label.name(), values.join(", "))
        })
        .collect();
    if labels.is_empty() { "none".to_owned() } else { labels.join(", ") }
}

/// Two sites mean the same metric, and disagree on what it is.
#[derive(Clone, Debug, thiserror::Error)]
#[error(
    "the sites of the metric `{metric}` disagree on its {what}: {first}, but {second}; \
     make them agree, give one of the metrics another name, or declare it once with `metrics_runtime::declare_metrics!`"
)]
pub struct CatalogConflict {
    metric: &'static str,
    what: &'static str,
    first: String,
    second: String,
}
