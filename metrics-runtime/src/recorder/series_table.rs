//! The series of one metric, by their label values.
//!
//! A series is kept as a number and the place of its row; the texts of its labels are kept once for all series that
//! share them. So a series costs hardly more memory than its values.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use crate::definition::{Family, LabelSpec};
use crate::format::push_label;
use crate::storage::Row;

/// How many series are read under one lock. Who adds a series meanwhile waits for no more than these.
const BATCH: usize = 256;

/// The series of one metric.
#[derive(Debug)]
pub(crate) struct SeriesTable {
    labels: Vec<Axis>,
    rows: RwLock<Rows>,
}

/// A label, and how many values it can have.
#[derive(Debug)]
struct Axis {
    name: &'static str,
    cardinality: u64,
    /// Where each of the metric's sites has a value of its own: these, in their order.
    of_sites: Vec<&'static str>,
}

#[derive(Debug)]
struct Rows {
    /// By label, by value: `step="upscale"`, once a series has it.
    pairs: Vec<BTreeMap<u64, Box<str>>>,
    /// By the combination of their values: so the page has the order of the source.
    series: BTreeMap<u64, Row>,
}

/// A label's value: which of its label's values it is, and its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub(super) index: u32,
    pub(super) text: &'static str,
}

impl Value {
    /// The value that a slot has, or `None` where there is no such value yet.
    pub(super) fn of(label: &LabelSpec, slot: u32) -> Option<Self> {
        let text = label.value_at(slot)?;
        // A set can have one text at two places, and it is the text that makes a series. A `Label` that was written by
        // hand may have another text each time; then its place tells.
        let index = label.find(text).map_or(label.index_at(slot), |(index, _)| index);
        Some(Self { index, text })
    }
}

impl SeriesTable {
    pub(super) fn of(families: &[&'static Family]) -> Self {
        let labels: Vec<Axis> = (0..families[0].labels.len()).map(|at| Axis::of(families, at)).collect();
        let pairs = labels.iter().map(|_| BTreeMap::new()).collect();
        Self { labels, rows: RwLock::new(Rows { pairs, series: BTreeMap::new() }) }
    }

    /// The series with these values, made where there is none; `None` where there is no room for it.
    pub(super) fn series(&self, values: &[Value], make: impl FnOnce() -> Option<Row>) -> Option<Row> {
        let place = self.place(values);
        if let Some(row) = self.rows.read().unwrap_or_else(PoisonError::into_inner).series.get(&place) {
            return Some(*row);
        }
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been first.
        if let Some(row) = rows.series.get(&place) {
            return Some(*row);
        }
        let row = make()?;
        for ((axis, value), pairs) in self.labels.iter().zip(values).zip(&mut rows.pairs) {
            pairs.entry(axis.index(value)).or_insert_with(|| axis.pair(value));
        }
        rows.series.insert(place, row);
        Some(row)
    }

    /// Writes the series to the page in their order, some at a time; `labels` is where their labels are put together,
    /// behind those that it has already. Series that are made meanwhile may be left out.
    pub(crate) fn for_each(
        &self,
        page: &mut String,
        labels: &mut String,
        mut each: impl FnMut(&mut String, &str, Row),
        after_some: &mut dyn FnMut(&mut String),
    ) {
        let own = labels.len();
        let mut next = Some(0);
        while let Some(first) = next.take() {
            {
                let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
                let mut some = rows.series.range(first..);
                for (place, row) in some.by_ref().take(BATCH) {
                    labels.truncate(own);
                    self.push_labels(&rows, *place, labels);
                    each(page, labels, *row);
                }
                next = some.next().map(|(place, _)| *place);
            }
            after_some(page);
        }
        labels.truncate(own);
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.read().unwrap_or_else(PoisonError::into_inner).series.is_empty()
    }

    /// The combination of values as one number, the last label's values neighbours.
    fn place(&self, values: &[Value]) -> u64 {
        let all = self.labels.iter().zip(values);
        all.fold(0, |place, (axis, value)| place * axis.cardinality + axis.index(value))
    }

    fn push_labels(&self, rows: &Rows, place: u64, labels: &mut String) {
        let mut stride: u64 = self.labels.iter().map(|axis| axis.cardinality).product();
        for (axis, pairs) in self.labels.iter().zip(&rows.pairs) {
            stride /= axis.cardinality;
            if let Some(pair) = pairs.get(&(place / stride % axis.cardinality)) {
                if !labels.is_empty() {
                    labels.push(',');
                }
                labels.push_str(pair);
            }
        }
    }
}

impl Axis {
    fn of(families: &[&'static Family], at: usize) -> Self {
        let label = &families[0].labels[at];
        let mut of_sites: Vec<&'static str> = Vec::new();
        if label.is_fixed() {
            of_sites.extend(families.iter().filter_map(|family| family.labels[at].value_at(0)));
            of_sites.sort_unstable();
            of_sites.dedup();
        }
        let cardinality = if of_sites.is_empty() { label.cardinality().into() } else { of_sites.len() as u64 };
        Self { name: label.name(), cardinality, of_sites }
    }

    /// Which of its values this is.
    fn index(&self, value: &Value) -> u64 {
        match self.of_sites.binary_search(&value.text) {
            Ok(site) => site as u64,
            Err(_) => value.index.into(),
        }
    }

    fn pair(&self, value: &Value) -> Box<str> {
        let mut pair = String::new();
        push_label(&mut pair, self.name, value.text);
        pair.into_boxed_str()
    }
}
