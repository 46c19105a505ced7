//! One metric of the catalog, with its sites and labels.

use crate::definition::{Family, LabelSpec, Place, series_per_label_set};
use crate::vocabulary::{DEFAULT_BUCKETS, Kind};

/// One metric of the [catalog](crate::catalog).
#[derive(Debug)]
pub struct Metric {
    pub(super) sites: Vec<Site>,
}

/// A place where a metric is declared or recorded.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    pub(super) family: &'static Family,
    pub(super) place: &'static Place,
}

impl Site {
    /// The name of the function, or of the declared static.
    #[must_use]
    pub const fn item(&self) -> &'static str {
        self.place.item
    }

    /// The module that it stands in.
    #[must_use]
    pub const fn module(&self) -> &'static str {
        self.place.module
    }

    /// The file, as the compiler was given it.
    #[must_use]
    pub const fn file(&self) -> &'static str {
        self.place.file
    }

    /// The line, from 1.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.place.line
    }

    /// Whether it is in this crate.
    pub(super) fn is_ours(&self) -> bool {
        self.module().split("::").next() == Some("metrics_runtime")
    }
}

impl std::fmt::Display for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.place.fmt(f)
    }
}

/// One label of a [`Metric`].
#[derive(Clone, Debug)]
pub struct MetricLabel {
    name: &'static str,
    values: Vec<&'static str>,
    max_values: u64,
}

impl MetricLabel {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Its values: all of a closed set, and those of a capped label that have come so far.
    #[must_use]
    pub fn values(&self) -> &[&'static str] {
        &self.values
    }

    /// The largest number of values that it can have.
    #[must_use]
    pub const fn max_values(&self) -> u64 {
        self.max_values
    }
}

impl Metric {
    pub(super) const fn without_sites() -> Self {
        Self { sites: Vec::new() }
    }

    /// Whether no site of the program has it.
    pub(super) fn is_ours(&self) -> bool {
        self.sites.iter().all(Site::is_ours)
    }

    pub(super) fn family(&self) -> &'static Family {
        self.sites[0].family
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

    /// Its unit, `seconds`, where it has one.
    #[must_use]
    pub fn unit(&self) -> Option<&'static str> {
        (self.kind() == Kind::Histogram).then_some("seconds")
    }

    /// Its help text.
    #[must_use]
    pub fn help(&self) -> &'static str {
        self.family().help
    }

    /// Its labels.
    #[must_use]
    pub fn labels(&self) -> Vec<MetricLabel> {
        let labels = self.family().labels.iter().enumerate();
        labels.map(|(at, label)| self.label(at, label)).collect()
    }

    fn label(&self, at: usize, label: &LabelSpec) -> MetricLabel {
        let name = label.name();
        if !label.is_fixed() {
            return MetricLabel { name, values: label.values().collect(), max_values: label.cardinality().into() };
        }
        // Each site has a value of its own.
        let mut values: Vec<&'static str> = self.families().flat_map(|family| family.labels[at].values()).collect();
        values.sort_unstable();
        values.dedup();
        let max_values = values.len() as u64;
        MetricLabel { name, values, max_values }
    }

    /// The upper bounds of its buckets without `+Inf`, empty where it is no histogram.
    #[must_use]
    pub fn buckets(&self) -> &'static [f64] {
        let given = self.sites.iter().map(|site| site.family.buckets).find(|buckets| !buckets.is_empty());
        match (self.kind(), given) {
            (Kind::Histogram, Some(buckets)) => buckets,
            (Kind::Histogram, None) => DEFAULT_BUCKETS,
            _ => &[],
        }
    }

    /// The largest number of series that it may have: `series-per-metric` in `metrics.toml`, or its default.
    #[must_use]
    pub fn budget(&self) -> u64 {
        self.sites.iter().map(|site| site.family.budget).max().unwrap_or_default()
    }

    /// The largest number of series that it can have, which the compiler has checked against the budget: the product of
    /// its labels' values, times its buckets and three (`+Inf`, sum and count) where it is a histogram.
    #[must_use]
    pub fn max_series(&self) -> u64 {
        let sets = self.labels().iter().map(MetricLabel::max_values).fold(1, u64::saturating_mul);
        sets.saturating_mul(series_per_label_set(self.kind(), self.buckets().len()))
    }

    /// Where it is declared and recorded, in the order of files and lines.
    #[must_use]
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// One for each site that names the metric, one for a declaration, whatever the number of its sites.
    pub(crate) fn families(&self) -> impl Iterator<Item = &'static Family> {
        self.sites.iter().enumerate().filter_map(|(at, site)| {
            let known = self.sites[..at].iter().any(|other| std::ptr::eq(other.family, site.family));
            (!known).then_some(site.family)
        })
    }
}
