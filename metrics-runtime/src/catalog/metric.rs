//! One metric of the catalog, with its sites and labels.

use super::help_source::HelpSource;
use crate::definition::{Event, Family, Join, LabelSpec, Place, Reading, Source, series_per_label_set};
use crate::vocabulary::{Kind, Unit};

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
    /// The metric with the ages of the calls that this one counts.
    pub(super) oldest: Option<&'static str>,
    pub(super) join: Join,
    /// The largest number of values of its label, if the program has fewer than the label could have.
    pub(super) most_values: Option<u64>,
}

/// A place in the source where a metric is declared or recorded. It is displayed with file, line and item.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    pub(super) family: &'static Family,
    pub(super) place: &'static Place,
    pub(super) events: Events,
    /// How its values are read, if nothing records them.
    pub(super) reading: Option<&'static Reading>,
    /// Where its help text comes from.
    pub(super) help: HelpSource,
    /// Whether it is the declaration of a counter of fractions.
    pub(super) is_fractional: bool,
}

/// A set of events: a function may record one metric both `on = ok` and `on = failure`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Events(u16);

impl Events {
    /// Of a metric whose values nothing records.
    pub(super) const NONE: Self = Self(0);

    pub(super) const fn of(event: Event) -> Self {
        Self(1 << event as u8)
    }

    pub(super) const fn and(self, event: Event) -> Self {
        Self(self.0 | Self::of(event).0)
    }

    const fn has(self, event: Event) -> bool {
        self.0 & Self::of(event).0 != 0
    }
}

impl Site {
    /// A site that records values.
    pub(super) const fn new(family: &'static Family, place: &'static Place, events: Events) -> Self {
        let help = if events.has(Event::Declared) { HelpSource::Declaration } else { HelpSource::Default };
        Self { family, place, events, reading: None, help, is_fractional: false }
    }

    /// Whether it records this event in the metric.
    ///
    /// ```
    /// use metrics_runtime::{Event, counted};
    ///
    /// #[counted(counter = "reports_written_total", on = ok)]
    /// fn write_report() -> Result<(), std::fmt::Error> {
    ///     Ok(())
    /// }
    ///
    /// let catalog = metrics_runtime::catalog();
    /// let site = catalog.metric("reports_written_total").expect("it is recorded above").sites()[0];
    /// assert!(site.records(Event::Ok) && !site.records(Event::Failure));
    /// # write_report().unwrap();
    /// ```
    #[must_use]
    pub const fn records(&self, event: Event) -> bool {
        self.events.has(event)
    }

    /// Whether it counts calls that fail, with or without those that are cancelled.
    #[cfg(feature = "artifacts")]
    pub(crate) const fn records_failures(&self) -> bool {
        self.records(Event::Failure) || self.records(Event::FailureExceptCancelled)
    }

    /// Whether it records this event in the metric, and no other.
    #[cfg(all(unix, feature = "exporter"))]
    pub(crate) const fn records_only(&self, event: Event) -> bool {
        self.events.0 == Events::of(event).0
    }

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

    /// The name with its module: `video::render::draw`.
    #[cfg(any(feature = "artifacts", feature = "exporter"))]
    #[cfg_attr(
        not(any(feature = "artifacts", unix)),
        allow(dead_code, reason = "processes can share their values on Unix only")
    )]
    pub(crate) fn path(&self) -> String {
        format!("{}::{}", self.module(), self.item())
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
    is_closed: bool,
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

    /// Whether [`values`](Self::values) are all values that it can ever have: its values are known before the program runs. A
    /// capped label gets its values while the program runs.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.is_closed
    }
}

impl Metric {
    pub(super) const fn without_sites() -> Self {
        Self { sites: Vec::new(), oldest: None, join: Join::Sum, most_values: None }
    }

    /// Whether all its sites are in this crate.
    pub(crate) fn is_ours(&self) -> bool {
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

    /// Its unit: `seconds`, `bytes` or `ratio` for a histogram whose name ends in it; `seconds` for a declared counter whose name
    /// ends in `_seconds_total`, for the age of the oldest call in flight and for the time of the last call; `seconds` or `bytes`
    /// for metrics of the process such as `process_resident_memory_bytes`; `None` for others.
    #[must_use]
    pub fn unit(&self) -> Option<&'static str> {
        match self.kind() {
            Kind::Histogram => Unit::of_name(self.name()).map(Unit::as_str),
            Kind::Counter if self.is_fractional() => Unit::of_fractions(self.name()).map(Unit::as_str),
            Kind::Gauge if self.sites.iter().any(|site| site.records(Event::LastOk)) => Some("seconds"),
            Kind::Counter | Kind::Gauge => self.readings().find_map(|reading| reading.unit),
        }
    }

    /// Whether it is a counter that counts fractions: seconds, or anything else where its declaration says `fractional`. Another
    /// counter counts whole numbers.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// metrics_runtime::declare_metrics! {
    ///     /// The time that went into rendering.
    ///     counter RENDERING = "rendering_cpu_seconds_total";
    /// }
    ///
    /// RENDERING.increment(Duration::from_millis(250));
    /// let catalog = metrics_runtime::catalog();
    /// assert!(catalog.metric("rendering_cpu_seconds_total").is_some_and(|metric| metric.is_fractional()));
    /// ```
    #[must_use]
    pub fn is_fractional(&self) -> bool {
        self.sites.iter().any(|site| site.is_fractional)
    }

    /// The number of decimal places that a histogram or a counter adds up.
    #[cfg(feature = "exporter")]
    pub(crate) fn decimal_places(&self) -> u32 {
        match self.kind() {
            Kind::Counter if self.is_fractional() => Unit::decimal_places(Unit::of_fractions(self.name())),
            Kind::Counter => 0,
            Kind::Gauge | Kind::Histogram => Unit::decimal_places(Unit::of_name(self.name())),
        }
    }

    /// If it shows how long the oldest call in flight has been running: the name of the gauge that counts these calls. It has
    /// the same labels.
    ///
    /// ```
    /// #[metrics_runtime::in_flight(gauge = "uploads_in_flight", oldest = "uploads_in_flight_oldest_seconds")]
    /// fn upload() {}
    /// # upload();
    ///
    /// let catalog = metrics_runtime::catalog();
    /// let ages = catalog.metric("uploads_in_flight_oldest_seconds").expect("it is named above");
    /// assert_eq!((ages.oldest_of(), ages.unit()), (Some("uploads_in_flight"), Some("seconds")));
    /// let calls = catalog.metric("uploads_in_flight").expect("it is named above");
    /// assert_eq!(calls.oldest(), Some("uploads_in_flight_oldest_seconds"));
    /// ```
    #[must_use]
    pub fn oldest_of(&self) -> Option<&'static str> {
        self.readings().find_map(|reading| match reading.source {
            Source::Oldest(oldest) => Some(oldest.gauge.name),
            Source::Process(_) => None,
            #[cfg(feature = "exporter")]
            Source::Indexed(_) | Source::OfAllProcesses(_) => None,
        })
    }

    /// If it counts calls in flight: the name of the gauge that shows how long the oldest of them has been running, if an
    /// attribute asks for it. See [`oldest_of`](Self::oldest_of).
    #[must_use]
    pub const fn oldest(&self) -> Option<&'static str> {
        self.oldest
    }

    /// What it shows where several processes share their values, if it is a gauge. Counters and histograms are always the sum.
    ///
    /// ```
    /// use metrics_runtime::Join;
    ///
    /// metrics_runtime::declare_metrics! {
    ///     /// The longest queue of all workers.
    ///     gauge LONGEST_QUEUE = "longest_queue_depth", join = max;
    /// }
    ///
    /// let catalog = metrics_runtime::catalog();
    /// let metric = catalog.metric("longest_queue_depth").expect("it is declared above");
    /// assert_eq!(metric.join(), Join::Max);
    /// # LONGEST_QUEUE.set(1.0);
    /// ```
    #[must_use]
    pub const fn join(&self) -> Join {
        self.join
    }

    /// Its help text: the doc comment of its declaration; else the `description` of an attribute; else what the toolkit says of
    /// the first function that records it. Where several are worth the same, it is the first in the order of the source, and
    /// [`Catalog::check`](crate::Catalog::check) gives a note.
    #[must_use]
    pub fn help(&self) -> &'static str {
        self.best_described().next().map_or("", |site| site.family.help)
    }

    /// The sites whose help text is worth the most, in the order of the source. Where the program has a metric of this crate too,
    /// its own text counts: it cannot change ours.
    pub(super) fn best_described(&self) -> impl Iterator<Item = &Site> {
        let worth = |site: &Site| (!site.is_ours(), site.help);
        let most = self.sites.iter().map(worth).max();
        self.sites.iter().filter(move |site| Some(worth(site)) == most)
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
            let values: Vec<&'static str> = label.values().collect();
            let max_values = self.most_values.unwrap_or(u64::MAX).min(label.cardinality().into());
            let is_closed = label.capped().is_none() && values.len() as u64 == max_values;
            return MetricLabel { name, values, max_values, is_closed };
        }
        // Each site has one fixed value, so the label's values are those of all sites.
        let mut values: Vec<&'static str> = self.families().flat_map(|family| family.labels[at].values()).collect();
        values.sort_unstable();
        values.dedup();
        let max_values = values.len() as u64;
        MetricLabel { name, values, max_values, is_closed: true }
    }

    /// The upper bounds of its buckets in its unit, without `+Inf`; empty if it is not a histogram.
    #[must_use]
    pub fn buckets(&self) -> &'static [f64] {
        let given = self.sites.iter().map(|site| site.family.buckets).find(|buckets| !buckets.is_empty());
        match (self.kind(), given) {
            (Kind::Histogram, Some(buckets)) => buckets,
            (Kind::Histogram, None) => Unit::default_buckets(Unit::of_name(self.name())),
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

    /// How its values are read while a page is made; empty if they are recorded.
    pub(crate) fn readings(&self) -> impl Iterator<Item = &'static Reading> {
        self.sites.iter().filter_map(|site| site.reading)
    }

    /// Whether its values are read while a page is made. Only the page of our own recorder has it.
    pub(crate) fn is_read(&self) -> bool {
        self.readings().next().is_some()
    }

    /// One family for each site that names the metric itself, and one for a declaration, however many sites use it.
    pub(crate) fn families(&self) -> impl Iterator<Item = &'static Family> {
        self.sites.iter().enumerate().filter_map(|(at, site)| {
            let known = self.sites[..at].iter().any(|other| std::ptr::eq(other.family, site.family));
            (!known).then_some(site.family)
        })
    }
}
