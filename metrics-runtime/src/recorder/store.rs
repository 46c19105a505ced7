//! All series of the catalog's metrics.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

use metrics::Key;

use super::cell::Cell;
use super::options::Options;
use super::series_table::{SeriesTable, Value};
use crate::catalog::{Catalog, Metric};
use crate::definition::{Family, LabelSpec, MAX_BUCKETS};
use crate::format::{Format, escape_help, push_label};
use crate::record::SeriesSource;
use crate::storage::{CounterCell, GaugeCell, HistogramCell, Row, bounds_in_nanoseconds, row_start};
use crate::vocabulary::Kind;

/// The metrics of the program, in the order of their names.
#[derive(Debug)]
pub(crate) struct Store {
    metrics: Vec<StoredMetric>,
    by_name: HashMap<&'static str, usize>,
    /// `service="video",zone="a"`
    global_labels: String,
}

/// One metric.
#[derive(Debug)]
pub(crate) struct StoredMetric {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) unit: Option<&'static str>,
    /// Ready to be written, in each format.
    help: [String; 2],
    pub(crate) bounds: Vec<f64>,
    bounds_in_nanoseconds: &'static [u64],
    families: Vec<&'static Family>,
    pub(crate) table: SeriesTable,
}

impl Store {
    pub(super) fn new(catalog: &Catalog, options: &Options) -> Self {
        let metrics: Vec<StoredMetric> = catalog.metrics().map(|metric| StoredMetric::new(metric, options)).collect();
        let by_name = metrics.iter().enumerate().map(|(at, metric)| (metric.name, at)).collect();
        let mut global_labels = String::new();
        for (name, value) in &options.global_labels {
            push_label(&mut global_labels, name, value);
        }
        Self { metrics, by_name, global_labels }
    }

    /// The metrics, in the order of their names.
    pub(crate) fn metrics(&self) -> &[StoredMetric] {
        &self.metrics
    }

    /// The labels that all series have.
    pub(crate) fn global_labels(&self) -> &str {
        &self.global_labels
    }

    /// The series that another crate means by this key. An error says why there is none: what the compiler knows of the
    /// metric does not have it.
    pub(super) fn find(&self, kind: Kind, key: &Key) -> Option<Result<Cell, &'static str>> {
        let metric = self.metrics.get(*self.by_name.get(key.name())?)?;
        let values = metric.values_of(kind, key);
        let cell = |values: Vec<Value>| metric.row(&values).map(|row| metric.cell(row)).ok_or(NO_CAPACITY);
        Some(values.and_then(cell))
    }
}

impl SeriesSource for Store {
    fn series(&self, family: &'static Family, slot: u32) -> Option<(Row, &'static [u64])> {
        let metric = self.metrics.get(*self.by_name.get(family.name)?)?;
        // A family that yields to the program's own metric of this name is not kept.
        if !metric.families.iter().any(|known| std::ptr::eq(*known, family)) {
            return None;
        }
        let values: Option<Vec<Value>> = family.labels.iter().map(|label| Value::of(label, slot)).collect();
        Some((metric.row(&values?)?, metric.bounds_in_nanoseconds))
    }
}

// A series that is longer could never be kept.
const _: () = assert!(row_start(0, HistogramCell::width(&[0; MAX_BUCKETS])).is_some());

const NO_CAPACITY: &str = "there is no room for another series";

impl StoredMetric {
    fn new(metric: &Metric, options: &Options) -> Self {
        let bounds = options.buckets.get(metric.name()).map_or(metric.buckets(), Vec::as_slice).to_vec();
        let families: Vec<&'static Family> = metric.families().collect();
        Self {
            name: metric.name(),
            kind: metric.kind(),
            unit: metric.unit(),
            help: [Format::Text, Format::OpenMetrics].map(|format| escape_help(metric.help(), format).into_owned()),
            bounds_in_nanoseconds: bounds_in_nanoseconds(&bounds),
            bounds,
            table: SeriesTable::of(&families),
            families,
        }
    }

    /// Its help text, as the format writes it.
    pub(crate) fn help(&self, format: Format) -> &str {
        &self.help[usize::from(format == Format::OpenMetrics)]
    }

    /// The series with these label values; `None` where there is no room for another.
    fn row(&self, values: &[Value]) -> Option<Row> {
        let row = self.table.series(values, || Row::allocate(self.width()));
        if row.is_none() {
            // A log subscriber may record metrics too, so no lock is held here.
            static LOGGED: AtomicBool = AtomicBool::new(false);
            if !LOGGED.swap(true, Ordering::Relaxed) {
                tracing::error!(metric = self.name, "{NO_CAPACITY}: it is not recorded");
            }
        }
        row
    }

    /// How many series are created with the recorder.
    pub(super) fn series_at_start(&self) -> u64 {
        // The metric's sites share their series, but for a label of which each has a value of its own.
        let mut by_site: BTreeMap<Vec<&'static str>, u64> = BTreeMap::new();
        for family in &self.families {
            let fixed = family.labels.iter().filter(|label| label.is_fixed());
            let series = by_site.entry(fixed.flat_map(LabelSpec::values).collect()).or_default();
            *series = (*series).max(family.series_at_start());
        }
        by_site.into_values().fold(0, u64::saturating_add)
    }

    /// The number of words of a series.
    pub(super) fn width(&self) -> usize {
        match self.kind {
            Kind::Counter => CounterCell::WIDTH,
            Kind::Gauge => GaugeCell::WIDTH,
            Kind::Histogram => HistogramCell::width(self.bounds_in_nanoseconds),
        }
    }

    /// The series whose values are in these words.
    pub(crate) fn cell(&self, row: Row) -> Cell {
        match self.kind {
            Kind::Counter => Cell::Counter(CounterCell::new(row)),
            Kind::Gauge => Cell::Gauge(GaugeCell::new(row)),
            Kind::Histogram => Cell::Histogram(HistogramCell::new(row, self.bounds_in_nanoseconds)),
        }
    }

    /// The values in a key of another crate's, where they are of the closed sets.
    fn values_of(&self, kind: Kind, key: &Key) -> Result<Vec<Value>, &'static str> {
        if self.kind != kind {
            return Err("it is of another kind");
        }
        let labels = self.families[0].labels;
        // To Prometheus a label without a value is none.
        let is_meant = |label: &&metrics::Label| {
            !label.value().is_empty() || labels.iter().any(|known| known.name() == label.key())
        };
        if key.labels().filter(is_meant).count() != labels.len() {
            return Err("it has other labels");
        }
        let value = |at: usize| {
            let name = labels[at].name();
            let text = key.labels().find(|label| label.key() == name).ok_or("it has other labels")?.value();
            let known = self.families.iter().find_map(|family| family.labels[at].find(text));
            known.map(|(index, text)| Value { index, text }).ok_or("a label has a value that is not in its set")
        };
        (0..labels.len()).map(value).collect()
    }
}
