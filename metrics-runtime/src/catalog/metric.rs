//! One metric of the catalog, with its sites and labels.

use crate::definition::{Family, LabelSpec, Place, series_per_label_set};
use crate::vocabulary::{DEFAULT_BUCKETS, Kind};

/// One metric of the [catalog](crate::catalog).
///
/// ```
/// metrics_runtime::declare_metrics! {
///     /// How long rendering a frame takes.
///     pub histogram RENDER_TIME = "render_seconds", buckets(0.1, 1, 10);
/// }
///
/// let catalog = metrics_runtime::catalog();
/// let metric = catalog.metric("render_seconds").expect("it is declared above");
/// assert_eq!(metric.unit(), Some("seconds"));
/// assert_eq!(metric.buckets(), [0.1, 1.0, 10.0]);
/// // Three buckets, `+Inf`, the sum and the count.
/// assert_eq!(metric.max_series(), 6);
/// # RENDER_TIME.observe(1.0);
/// ```
#[derive(Debug)]
pub struct Metric {
    pub(super) sites: Vec<Site>,
}

/// A place in the source where a metric is declared or recorded. It is displayed with file, line and item.
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

    /// The path of its module, such as `video::render`.
    #[must_use]
    pub const fn module(&self) -> &'static str {
        self.place.module
    }

    /// The path of its file, as the compiler got it.
    #[must_use]
    pub const fn file(&self) -> &'static str {
        self.place.file
    }

    /// The line in the file; the first line is 1.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.place.line
    }

    /// Whether it is this place.
    #[cfg(feature = "exporter")]
    pub(crate) fn is_at(&self, place: &Place) -> bool {
        self.place == place
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

    /// Its values: all values of a closed set, or the values of a capped label that the program has used so far.
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

    /// Whether all its sites are in this crate.
    pub(super) fn is_ours(&self) -> bool {
        self.sites.iter().all(Site::is_ours)
    }

    pub(super) fn family(&self) -> &'static Family {
        self.sites[0].family
    }

    /// Its name, as the program declares it (`jobs_total`).
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.family().name
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.family().kind
    }

    /// Its unit: `seconds` for a histogram, `None` for other kinds.
    #[must_use]
    pub fn unit(&self) -> Option<&'static str> {
        (self.kind() == Kind::Histogram).then_some("seconds")
    }

    /// Its help text: the doc comment or `description` of its declaration.
    #[must_use]
    pub fn help(&self) -> &'static str {
        self.family().help
    }

    /// Its labels, in the order of its declaration.
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
        // Each site has one fixed value, so the label's values are those of all sites.
        let mut values: Vec<&'static str> = self.families().flat_map(|family| family.labels[at].values()).collect();
        values.sort_unstable();
        values.dedup();
        let max_values = values.len() as u64;
        MetricLabel { name, values, max_values }
    }

    /// The upper bounds of its buckets in seconds, without `+Inf`; empty if it is not a histogram.
    #[must_use]
    pub fn buckets(&self) -> &'static [f64] {
        let given = self.sites.iter().map(|site| site.family.buckets).find(|buckets| !buckets.is_empty());
        match (self.kind(), given) {
            (Kind::Histogram, Some(buckets)) => buckets,
            (Kind::Histogram, None) => DEFAULT_BUCKETS,
            _ => &[],
        }
    }

    /// The largest number of series that it is allowed to have: `series-per-metric` in `metrics.toml`, or the default.
    #[must_use]
    pub fn budget(&self) -> u64 {
        self.sites.iter().map(|site| site.family.budget).max().unwrap_or_default()
    }

    /// The largest number of series that it can have. The compiler has checked it against the [`budget`](Self::budget). It
    /// is the product of the numbers of its labels' values; a histogram has this many times the number of its buckets plus
    /// three (`+Inf`, sum and count).
    #[must_use]
    pub fn max_series(&self) -> u64 {
        let sets = self.labels().iter().map(MetricLabel::max_values).fold(1, u64::saturating_mul);
        sets.saturating_mul(series_per_label_set(self.kind(), self.buckets().len()))
    }

    /// The places where it is declared and recorded, sorted by file and line.
    #[must_use]
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// One family for each site that names the metric itself, and one for a declaration, however many sites use it.
    pub(crate) fn families(&self) -> impl Iterator<Item = &'static Family> {
        self.sites.iter().enumerate().filter_map(|(at, site)| {
            let known = self.sites[..at].iter().any(|other| std::ptr::eq(other.family, site.family));
            (!known).then_some(site.family)
        })
    }
}
