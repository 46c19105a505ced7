//! The series of one metric, by their label values.
//!
//! For each series the table keeps a number, which stands for its label values, and its row. It keeps the text of a label's
//! value once for all series that share it. So a series takes little more memory than its values.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{PoisonError, RwLock};

use super::label_dimension::{LabelDimension, StoredLabel, Value};
use super::label_texts::{LabelTexts, LabelWriter};
use crate::definition::{Family, LabelSpec};
use crate::storage::Row;

/// How many series are read together, under one lock. A thread that adds a series meanwhile waits for at most this many. Their
/// values and the text in the making fit into the first cache of a processor.
const BATCH: usize = 64;

/// The series of one metric.
#[derive(Debug)]
pub(crate) struct SeriesTable {
    labels: Vec<LabelDimension>,
    series: RwLock<Series>,
}

#[derive(Debug)]
struct Series {
    texts: LabelTexts,
    /// By the number of the label set. So series are listed in the order in which the source declares the values.
    rows: BTreeMap<u64, Row>,
}

/// What is done with the series of a metric.
pub(crate) trait SeriesVisitor {
    /// The rows of the next series come first, all at once.
    fn batch(&mut self, rows: &[Row]);

    /// Then each of these series: its place in the batch, the text of its labels, its row, and whether one of the labels is
    /// the `other` of a capped label.
    fn series(&mut self, at: usize, labels: &str, row: Row, is_other: bool);

    /// After that no lock is held.
    fn after_batch(&mut self);
}

impl SeriesTable {
    pub(super) fn of(families: &[&'static Family]) -> Self {
        let labels = LabelDimension::all(families);
        let texts = LabelTexts::new(labels.len());
        Self { labels, series: RwLock::new(Series { texts, rows: BTreeMap::new() }) }
    }

    /// The row of the series with these values. If the series is new, `allocate` gives its row, from the number of its
    /// label set; `None` if there is no room.
    pub(super) fn get_or_create(&self, values: &[Value], allocate: impl FnOnce(u64) -> Option<Row>) -> Option<Row> {
        let number = self.label_set_number(values);
        if let Some(row) = self.series.read().unwrap_or_else(PoisonError::into_inner).rows.get(&number) {
            return Some(*row);
        }
        let mut series = self.series.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been first.
        if let Some(row) = series.rows.get(&number) {
            return Some(*row);
        }
        let row = allocate(number)?;
        for (at, (label, value)) in self.labels.iter().zip(values).enumerate() {
            series.texts.add(at, label, value);
        }
        series.rows.insert(number, row);
        Some(row)
    }

    /// Creates the series of a family that exist from the start, and calls `publish` with the slot and the row of each. Ends
    /// early if `allocate` has no room for another row.
    pub(super) fn create_first(
        &self,
        family: &'static Family,
        mut allocate: impl FnMut(u64) -> Option<Row>,
        publish: &mut dyn FnMut(u32, Row),
    ) {
        let values: Vec<Vec<(u32, Value)>> = family.labels.iter().map(Value::all_at_start).collect();
        let mut sets = vec![(0, 0)];
        for (label, values) in self.labels.iter().zip(&values) {
            let of_label: Vec<(u64, u32)> =
                values.iter().map(|(slot, value)| (label.index(value) * label.stride, *slot)).collect();
            let with = |(number, slot): (u64, u32)| of_label.iter().map(move |(to, by)| (number + to, slot + by));
            sets = sets.into_iter().flat_map(with).collect();
        }
        if sets.is_empty() {
            return;
        }
        sets.sort_unstable();
        let mut series = self.series.write().unwrap_or_else(PoisonError::into_inner);
        for (at, (label, values)) in self.labels.iter().zip(&values).enumerate() {
            series.texts.reserve(at, values.len());
            for (_, value) in values {
                series.texts.add(at, label, value);
            }
        }
        if series.rows.is_empty() {
            // A tree is made from sorted elements in a fraction of the time that it takes to insert them.
            let mut rows: Vec<(u64, Row)> = Vec::with_capacity(sets.len());
            for (number, slot) in sets {
                let row = match rows.last() {
                    Some((last, row)) if *last == number => *row,
                    _ => {
                        let Some(row) = allocate(number) else { break };
                        rows.push((number, row));
                        row
                    }
                };
                publish(slot, row);
            }
            series.rows = rows.into_iter().collect();
            return;
        }
        for (number, slot) in sets {
            let row = match series.rows.entry(number) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(free) => {
                    let Some(row) = allocate(number) else { break };
                    *free.insert(row)
                }
            };
            publish(slot, row);
        }
    }

    /// Gives all series in order to `visitor`, a batch at a time.
    ///
    /// `labels` is a buffer for the text of the labels; what it contains already comes first in each text. Series that are
    /// created meanwhile may be left out.
    pub(crate) fn for_each(&self, labels: &mut String, visitor: &mut impl SeriesVisitor) {
        let prefix = labels.len();
        let mut writer = LabelWriter::new(&self.labels, prefix);
        let (mut numbers, mut rows) = (Vec::new(), Vec::new());
        let mut next = Some(0);
        while let Some(first) = next.take() {
            {
                let series = self.series.read().unwrap_or_else(PoisonError::into_inner);
                let mut rest = series.rows.range(first..);
                numbers.clear();
                rows.clear();
                for (number, row) in rest.by_ref().take(BATCH) {
                    numbers.push(*number);
                    rows.push(*row);
                }
                visitor.batch(&rows);
                for (at, (number, row)) in numbers.iter().zip(&rows).enumerate() {
                    let is_other = writer.write(&series.texts, *number, labels);
                    visitor.series(at, labels, *row, is_other);
                }
                next = rest.next().map(|(number, _)| *number);
            }
            visitor.after_batch();
        }
        labels.truncate(prefix);
    }

    /// The label at this place.
    pub(super) fn label(&self, at: usize, spec: &LabelSpec) -> StoredLabel {
        self.labels[at].stored(spec)
    }

    /// Whether the metric has no series yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.series.read().unwrap_or_else(PoisonError::into_inner).rows.is_empty()
    }

    /// The number of label sets that there can be.
    pub(super) fn label_sets(&self) -> u64 {
        self.labels.iter().map(|label| label.cardinality).fold(1, u64::saturating_mul)
    }

    /// One number for the combination of values. The values of the last label have consecutive numbers.
    pub(super) fn label_set_number(&self, values: &[Value]) -> u64 {
        self.labels.iter().zip(values).map(|(label, value)| label.index(value) * label.stride).sum()
    }
}
