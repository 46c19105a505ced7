//! All metrics that are linked into the program.

use std::collections::BTreeMap;

use linkme::distributed_slice;

use crate::budget::per_label_set;
use crate::claims::Claims;
use crate::family::{DEFAULT_BUCKETS, Family, Kind};
use crate::said::debug_is_display;
use crate::site::{Definition, Place};
use crate::spec::LabelSpec;

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
            let metric = metrics.entry(family.name).or_insert_with(|| Metric { sites: Vec::new() });
            // A metric that one function records twice, by `on = ok` and `on = failure`, has one place all the same.
            if !metric.sites.iter().any(|known| std::ptr::eq(known.family, family) && known.place == place) {
                metric.sites.push(Site { family, place });
            }
        }
    }
    for metric in metrics.values_mut() {
        metric.yield_to_the_program();
        // The linker's order is nobody's; the place in the source is.
        metric.sites.sort_by_key(|site| (site.place.file, site.place.line));
    }
    let mut catalog = Catalog { metrics };
    catalog.yield_names_to_the_program();
    catalog
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
        self.metrics().try_for_each(Metric::check)?;
        let mut claims: Claims<&Metric> = Claims::none();
        for metric in self.metrics() {
            if let Some((name, other)) = claims.clash(metric.name(), metric.kind().into()) {
                return Err(CatalogConflict::clash(name, other, metric));
            }
            claims.add(metric.name(), metric.kind().into(), &metric);
        }
        Ok(())
    }

    /// A metric of this crate that would have a name of one of the program's on the page is left out: the program cannot
    /// give it another.
    fn yield_names_to_the_program(&mut self) {
        let mut claims = Claims::none();
        for metric in self.metrics().filter(|metric| !metric.is_ours()) {
            claims.add(metric.name(), metric.kind().into(), &());
        }
        let clashes = |metric: &Metric| claims.clash(metric.name(), metric.kind().into()).is_some();
        self.metrics.retain(|_, metric| !metric.is_ours() || !clashes(metric));
    }

    /// Creates all series that can be named already, at zero.
    pub(crate) fn create_series(&self) {
        self.metrics().flat_map(Metric::families).for_each(Family::create_series);
    }
}

/// One metric of the [`Catalog`].
#[derive(Debug)]
pub struct Metric {
    sites: Vec<Site>,
}

/// A place where a metric is declared or recorded.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    family: &'static Family,
    place: &'static Place,
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
    fn is_ours(&self) -> bool {
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
    /// Where the program declares a metric that this crate declares otherwise (its parts for Redis have some), the program's
    /// is meant.
    fn yield_to_the_program(&mut self) {
        if !self.is_ours() && self.check().is_err() {
            self.sites.retain(|site| !site.is_ours());
        }
    }

    /// Whether no site of the program has it.
    fn is_ours(&self) -> bool {
        self.sites.iter().all(Site::is_ours)
    }

    fn family(&self) -> &'static Family {
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
        sets.saturating_mul(per_label_set(self.kind(), self.buckets().len()))
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

    fn check(&self) -> Result<(), CatalogConflict> {
        let first = self.family();
        let all = || self.sites.iter().map(|site| site.family);
        if all().any(|family| family.kind != first.kind) {
            return Err(self.conflict("kind", AGREE, |family| Some(family.kind.to_string()), |_, _| true));
        }
        if !all().all(|family| have_same_labels(first, family)) {
            let is_capped = all().any(|family| family.labels.iter().any(|label| label.capped().is_some()));
            let advice = if is_capped { AGREE_ON_TYPE } else { AGREE };
            // Two labels without values may read the same.
            return Err(self.conflict("labels", advice, |family| Some(labels_of(family)), have_same_labels));
        }
        // A site without buckets takes those of the others.
        if all().any(|family| !family.buckets.is_empty() && family.buckets != self.buckets()) {
            let describe = |family: &Family| (!family.buckets.is_empty()).then(|| format!("{:?}", family.buckets));
            return Err(self.conflict("buckets", AGREE, describe, |_, _| true));
        }
        Ok(())
    }

    /// Gives the places of each opinion: sites have one opinion where it reads the same and is the same.
    fn conflict(
        &self,
        what: &'static str,
        advice: &'static str,
        describe: impl Fn(&Family) -> Option<String>,
        is_same: impl Fn(&Family, &Family) -> bool,
    ) -> CatalogConflict {
        let mut opinions: Vec<(&Family, String, Vec<String>)> = Vec::new();
        for site in &self.sites {
            let Some(opinion) = describe(site.family) else { continue };
            let same = opinions.iter_mut().find(|(family, known, _)| *known == opinion && is_same(family, site.family));
            match same {
                Some((_, _, places)) => places.push(site.to_string()),
                None => opinions.push((site.family, opinion, vec![site.to_string()])),
            }
        }
        let opinions =
            opinions.into_iter().map(|(_, opinion, places)| format!("{opinion} at {}", places.join(" and ")));
        let opinions = opinions.collect::<Vec<_>>().join(", but ");
        CatalogConflict(Conflict::Sites { metric: self.name(), what, opinions, advice })
    }

    /// ``the counter `jobs_total` at src/a.rs:1 and src/b.rs:2``
    fn with_places(&self) -> String {
        let places: Vec<String> = self.sites.iter().map(Site::to_string).collect();
        format!("the {} `{}` at {}", self.kind(), self.name(), places.join(" and "))
    }
}

const AGREE: &str = "make them agree";
const AGREE_ON_TYPE: &str = "give the label one type at all of them, since each type keeps its own values";

fn have_same_labels(one: &Family, other: &Family) -> bool {
    let mut pairs = one.labels.iter().zip(other.labels);
    one.labels.len() == other.labels.len() && pairs.all(|(one, other)| one.agrees_with(other))
}

fn labels_of(family: &Family) -> String {
    let labels: Vec<String> = family.labels.iter().map(label_of).collect();
    if labels.is_empty() { "none".to_owned() } else { labels.join(", ") }
}

/// The label with its values; where they come with time, with where they come from.
fn label_of(label: &LabelSpec) -> String {
    let (name, most) = (label.name(), label.cardinality());
    if let Some(capped) = label.capped() {
        return format!("{name} (up to {most} values of `{}`)", capped.type_name());
    }
    let values: Vec<&str> = label.values().collect();
    if values.is_empty() {
        let values = if most == 1 { "value" } else { "values" };
        return format!("{name} ({most} {values}, none known so far)");
    }
    format!("{name} ({})", values.join(", "))
}

/// Sites that mean the same metric and disagree on what it is, or metrics that would have one name on the page.
///
/// Its `Debug` is its text, which Rust prints where `main` returns it.
#[derive(Clone, thiserror::Error)]
#[error(transparent)]
pub struct CatalogConflict(Conflict);

#[derive(Clone, Debug, thiserror::Error)]
enum Conflict {
    #[error(
        "the sites of the metric `{metric}` disagree on its {what}: {opinions}; {advice}, give one of the metrics another \
         name, or declare it once with `metrics_runtime::declare_metrics!`"
    )]
    Sites { metric: &'static str, what: &'static str, opinions: String, advice: &'static str },
    #[error(
        "two metrics would have the name `{name}` on the page, in one of its formats: {one}, and {other}; give one of the \
         metrics another name"
    )]
    Names { name: String, one: String, other: String },
}

impl CatalogConflict {
    fn clash(name: String, one: &Metric, other: &Metric) -> Self {
        Self(Conflict::Names { name, one: one.with_places(), other: other.with_places() })
    }
}

debug_is_display!(CatalogConflict);
