//! Keeps all series of the catalog's metrics.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

use metrics::Key;

use super::cell::{Cell, CountingCell};
use super::label_dimension::{StoredLabel, Value};
use super::layout::{LayoutError, Region, Size, regions};
use super::options::Options;
use super::read_values::ReadValues;
use super::series_table::SeriesTable;
use crate::catalog::{Catalog, Metric};
use crate::definition::{Family, Join, LabelSpec, MAX_BUCKETS, Reading, Source};
use crate::format::{Format, escape_help, push_label};
use crate::record::SeriesSource;
use crate::storage::{Buckets, CounterCell, GaugeCell, HistogramCell, Row, Scale, SumCell, row_start};
use crate::util::ProcessStatus;
use crate::vocabulary::Kind;

/// The metrics of the catalog with their series, sorted by name.
#[derive(Debug)]
pub(crate) struct Store {
    metrics: Vec<StoredMetric>,
    by_name: HashMap<&'static str, usize>,
    /// `service="video",zone="a"`
    global_labels: String,
}

/// One metric with its series.
#[derive(Debug)]
pub(crate) struct StoredMetric {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) unit: Option<&'static str>,
    /// The escaped help text for each format.
    help: [String; 2],
    pub(crate) bounds: Vec<f64>,
    pub(crate) buckets: Buckets,
    families: Vec<&'static Family>,
    /// What it shows of several processes, if it is a gauge.
    pub(crate) join: Join,
    /// How its values are read while a page is made; empty if they are recorded.
    readings: Vec<&'static Reading>,
    /// Whether another crate records a metric that takes one of its names. Then that one is on the page.
    has_yielded: AtomicBool,
    pub(crate) table: SeriesTable,
    /// Where its rows are, if they have fixed places.
    pub(crate) region: Option<Region>,
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

    /// Gives the rows of all series fixed places. It comes before the first series.
    ///
    /// # Errors
    ///
    /// There is no room for all of them.
    pub(super) fn fix_rows(&mut self) -> Result<(), LayoutError> {
        let sizes: Vec<Size> = self.metrics.iter().map(StoredMetric::size).collect();
        for (metric, region) in self.metrics.iter_mut().zip(regions(&sizes)?) {
            metric.region = Some(region);
        }
        Ok(())
    }

    /// The metrics, sorted by name.
    pub(crate) fn metrics(&self) -> &[StoredMetric] {
        &self.metrics
    }

    /// The labels that all series have, as on the page: `service="video",zone="a"`.
    pub(crate) fn global_labels(&self) -> &str {
        &self.global_labels
    }

    /// The series of another crate's key; `None` if the catalog does not have the metric, or if the metric yields to another
    /// crate's. An error says why the metric cannot have this series.
    pub(super) fn find(&self, kind: Kind, key: &Key) -> Option<Result<Cell, &'static str>> {
        let metric = self.metric(key.name()).filter(|metric| !metric.yields())?;
        let values = metric.values_from_key(kind, key);
        let cell = |values: Vec<Value>| metric.row(&values).map(|row| metric.cell(row)).ok_or(NO_ROOM);
        Some(values.and_then(cell))
    }

    /// Whether another crate's key is a value of the process that the page reads itself: it would be the same value, but as old
    /// as that crate's last look.
    pub(super) fn reads(&self, kind: Kind, key: &Key) -> bool {
        let is_read = |metric: &StoredMetric| metric.yields() && metric.kind == kind && metric.is_shown();
        key.labels().len() == 0 && self.metric(key.name()).is_some_and(is_read)
    }

    fn metric(&self, name: &str) -> Option<&StoredMetric> {
        self.metrics.get(*self.by_name.get(name)?)
    }

    /// The metric of a family; `None` if the program defines the metric differently, and so the family of this crate is not kept.
    fn metric_of(&self, family: &'static Family) -> Option<&StoredMetric> {
        self.metric(family.name).filter(|metric| metric.families.iter().any(|known| std::ptr::eq(*known, family)))
    }

    /// Leaves this metric to another crate, which records it or one that takes its name.
    pub(super) fn yield_name(&self, name: &str) {
        if let Some(metric) = self.metric(name) {
            metric.has_yielded.store(true, Ordering::Relaxed);
        }
    }
}

impl SeriesSource for Store {
    fn series(&self, family: &'static Family, slot: u32) -> Option<(Row, Buckets)> {
        let metric = self.metric_of(family)?;
        let values: Option<Vec<Value>> = family.labels.iter().map(|label| Value::of(label, slot)).collect();
        Some((metric.row(&values?)?, metric.buckets))
    }

    fn first_series(&self, family: &'static Family, publish: &mut dyn FnMut(u32, Row, Buckets)) {
        if let Some(metric) = self.metric_of(family) {
            let publish = &mut |slot, row| publish(slot, row, metric.buckets);
            metric.table.create_first(family, |number| metric.allocate(number), publish);
        }
    }
}

// A histogram with the largest number of buckets must fit into a chunk, or its series could never be kept.
const _: () = assert!(row_start(0, HistogramCell::width(&[0; MAX_BUCKETS])).is_some());

const NO_ROOM: &str = "there is no room for another series";

impl StoredMetric {
    fn new(metric: &Metric, options: &Options) -> Self {
        let bounds = options.buckets.get(metric.name()).map_or(metric.buckets(), Vec::as_slice).to_vec();
        let families: Vec<&'static Family> = metric.families().collect();
        Self {
            name: metric.name(),
            kind: metric.kind(),
            unit: metric.unit(),
            help: [Format::Text, Format::OpenMetrics].map(|format| escape_help(metric.help(), format).into_owned()),
            buckets: Buckets::leaked(&bounds, Scale::of_decimal_places(metric.decimal_places())),
            bounds,
            join: metric.join(),
            readings: metric.readings().collect(),
            has_yielded: AtomicBool::new(false),
            table: SeriesTable::of(&families),
            region: None,
            families,
        }
    }

    /// Whether it is left out where another crate records a metric of its name with another kind or with labels: one that only
    /// the page reads, and that says nothing of the program's own.
    fn yields(&self) -> bool {
        self.readings.iter().any(|reading| matches!(reading.source, Source::Process(_)))
    }

    /// Whether its values are of all processes that share them.
    pub(crate) fn is_of_all_processes(&self) -> bool {
        self.readings.iter().any(|reading| matches!(reading.source, Source::OfAllProcesses(_)))
    }

    /// Whether its values are read while a page is made.
    pub(crate) fn is_read(&self) -> bool {
        !self.readings.is_empty()
    }

    /// Its values, read now; `None` if there are none to show. `process` gives the state of the process.
    pub(crate) fn read(&self, process: impl FnOnce() -> ProcessStatus) -> Option<ReadValues> {
        ReadValues::read(&self.readings, process)
    }

    /// Whether the page has this metric.
    pub(crate) fn is_shown(&self) -> bool {
        !self.table.is_empty() && !self.has_yielded.load(Ordering::Relaxed)
    }

    /// Whether it is a counter of fractions, which are counted in steps.
    pub(crate) fn is_fractional(&self) -> bool {
        self.kind == Kind::Counter && self.decimal_places() > 0
    }

    /// The number of decimal places of its steps, if it counts in steps.
    pub(crate) fn decimal_places(&self) -> u32 {
        self.buckets.scale().decimal_places()
    }

    /// Its help text, escaped for the format.
    pub(crate) fn help(&self, format: Format) -> &str {
        &self.help[usize::from(format == Format::OpenMetrics)]
    }

    /// The row of the label set with this number, which is new; `None` if there is no room.
    fn allocate(&self, number: u64) -> Option<Row> {
        match &self.region {
            Some(region) => region.row(number),
            None => Row::allocate(self.width()),
        }
    }

    /// The row of the series with these label values; `None` if there is no room for another series.
    fn row(&self, values: &[Value]) -> Option<Row> {
        let row = self.table.get_or_create(values, |number| self.allocate(number));
        if row.is_none() {
            // A log subscriber may record metrics too, so no lock is held here.
            static LOGGED: AtomicBool = AtomicBool::new(false);
            if !LOGGED.swap(true, Ordering::Relaxed) {
                tracing::error!(metric = self.name, "{NO_ROOM}: it is not recorded");
            }
        }
        row
    }

    /// The number of series that are created when the recorder is installed.
    pub(super) fn series_at_start(&self) -> u64 {
        // The sites of a metric share their series, unless a label has a fixed value at each site.
        let mut by_site: BTreeMap<Vec<&'static str>, u64> = BTreeMap::new();
        for family in &self.families {
            let fixed = family.labels.iter().filter(|label| label.is_fixed());
            let series = by_site.entry(fixed.flat_map(LabelSpec::values).collect()).or_default();
            *series = (*series).max(family.series_at_start());
        }
        by_site.into_values().fold(0, u64::saturating_add)
    }

    /// The number of words in the row of a series.
    pub(super) fn width(&self) -> usize {
        match self.kind {
            Kind::Counter if self.is_fractional() => SumCell::WIDTH,
            Kind::Counter => CounterCell::WIDTH,
            Kind::Gauge => GaugeCell::WIDTH,
            Kind::Histogram => HistogramCell::width(self.buckets.bounds()),
        }
    }

    /// Its size where its rows have fixed places.
    fn size(&self) -> Size {
        let width = if self.kind == Kind::Gauge { GaugeCell::SHARED_WIDTH } else { self.width() };
        Size { name: self.name, label_sets: self.table.label_sets(), width }
    }

    /// Its labels.
    pub(crate) fn labels(&self) -> impl Iterator<Item = StoredLabel> {
        self.families[0].labels.iter().enumerate().map(|(at, spec)| self.table.label(at, spec))
    }

    /// Adds the series that other processes have and this one has not. `has_values` says whether there are values in a row of
    /// theirs, from its first word.
    pub(crate) fn adopt(&self, mut has_values: impl FnMut(usize, usize) -> bool) {
        let Some(region) = &self.region else { return };
        for family in &self.families {
            for slot in (0..).take(family.slots.all.len()) {
                if family.slots.row(slot).is_some() {
                    continue;
                }
                let values: Option<Vec<Value>> = family.labels.iter().map(|label| Value::of(label, slot)).collect();
                let Some(values) = values else { continue };
                let row = region.row(self.table.label_set_number(&values));
                if row.is_some_and(|row| has_values(row.first() as usize, self.width())) {
                    self.row(&values);
                }
            }
        }
    }

    /// The values of the series in this row.
    fn cell(&self, row: Row) -> Cell {
        match self.kind {
            Kind::Counter if self.is_fractional() => {
                Cell::Counter(CountingCell::Fractional(SumCell::new(row), 10_u64.pow(self.decimal_places())))
            }
            Kind::Counter => Cell::Counter(CountingCell::Whole(CounterCell::new(row))),
            Kind::Gauge => Cell::Gauge(GaugeCell::new(row)),
            Kind::Histogram => Cell::Histogram(HistogramCell::new(row, self.buckets)),
        }
    }

    /// The label values in another crate's key. An error says why the metric cannot have them.
    fn values_from_key(&self, kind: Kind, key: &Key) -> Result<Vec<Value>, &'static str> {
        if self.kind != kind {
            return Err("it is of another kind");
        }
        if self.is_read() {
            return Err("its values are read while a page is made");
        }
        let labels = self.families[0].labels;
        // To Prometheus, a label with an empty value is absent.
        let is_present = |label: &&metrics::Label| {
            !label.value().is_empty() || labels.iter().any(|known| known.name() == label.key())
        };
        if key.labels().filter(is_present).count() != labels.len() {
            return Err("it has other labels");
        }
        let value = |at: usize| {
            let name = labels[at].name();
            let text = key.labels().find(|label| label.key() == name).ok_or("it has other labels")?.value();
            let known = self.families.iter().find_map(|family| family.labels[at].find(text));
            known.map(|(index, text)| Value { index, text }).ok_or("one of its labels does not have this value")
        };
        (0..labels.len()).map(value).collect()
    }
}
