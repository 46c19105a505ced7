//! The series of one metric, by their label values.
//!
//! For each series the table keeps a number, which stands for its label values, and its row. It keeps the text of a label's
//! value once for all series that share it. So a series takes little more memory than its values.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use crate::definition::{Family, LabelSpec};
use crate::format::push_label;
use crate::storage::Row;
use crate::vocabulary::Capped;

/// How many series are read together, under one lock. A thread that adds a series meanwhile waits for at most this many. Their
/// values and the text in the making fit into the first cache of a processor.
const BATCH: usize = 64;

/// The series of one metric.
#[derive(Debug)]
pub(crate) struct SeriesTable {
    labels: Vec<LabelDimension>,
    series: RwLock<Series>,
}

/// A label and the number of values that it can have: one dimension of the space of label sets.
#[derive(Debug)]
struct LabelDimension {
    name: &'static str,
    cardinality: u64,
    /// Whether its value `other` stands for several values.
    is_capped: bool,
    /// For a label with one fixed value at each site: these values, sorted. Empty for other labels.
    site_values: Vec<&'static str>,
}

#[derive(Debug)]
struct Series {
    /// For each label, by the index of the value: `step="upscale"`. A text is there once a series has the value.
    label_texts: Vec<BTreeMap<u64, Box<str>>>,
    /// By the number of the label set. So series are listed in the order in which the source declares the values.
    rows: BTreeMap<u64, Row>,
}

/// A label's value: its index among the label's values, and its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub(super) index: u32,
    pub(super) text: &'static str,
}

impl Value {
    /// The value that a label has in a slot; `None` if there is no such value yet.
    pub(super) fn of(label: &LabelSpec, slot: u32) -> Option<Self> {
        let text = label.value_at(slot)?;
        // A set can contain a text twice, and the text identifies the series, so the first index with this text counts. A
        // hand-written `Label` may return another text at each call; then the index of the slot counts.
        let index = label.find(text).map_or(label.index_at(slot), |(index, _)| index);
        Some(Self { index, text })
    }
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
        let labels: Vec<LabelDimension> =
            (0..families[0].labels.len()).map(|at| LabelDimension::of(families, at)).collect();
        let label_texts = labels.iter().map(|_| BTreeMap::new()).collect();
        Self { labels, series: RwLock::new(Series { label_texts, rows: BTreeMap::new() }) }
    }

    /// The row of the series with these values. If the series is new, `allocate` gives its row; `None` if there is no room.
    pub(super) fn get_or_create(&self, values: &[Value], allocate: impl FnOnce() -> Option<Row>) -> Option<Row> {
        let number = self.label_set_number(values);
        if let Some(row) = self.series.read().unwrap_or_else(PoisonError::into_inner).rows.get(&number) {
            return Some(*row);
        }
        let mut series = self.series.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been first.
        if let Some(row) = series.rows.get(&number) {
            return Some(*row);
        }
        let row = allocate()?;
        for ((label, value), texts) in self.labels.iter().zip(values).zip(&mut series.label_texts) {
            texts.entry(label.index(value)).or_insert_with(|| label.text(value));
        }
        series.rows.insert(number, row);
        Some(row)
    }

    /// Gives all series in order to `visitor`, a batch at a time.
    ///
    /// `labels` is a buffer for the text of the labels; what it contains already comes first in each text. Series that are
    /// created meanwhile may be left out.
    pub(crate) fn for_each(&self, labels: &mut String, visitor: &mut impl SeriesVisitor) {
        let prefix = labels.len();
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
                    labels.truncate(prefix);
                    let is_other = self.push_labels(&series, *number, labels);
                    visitor.series(at, labels, *row, is_other);
                }
                next = rest.next().map(|(number, _)| *number);
            }
            visitor.after_batch();
        }
        labels.truncate(prefix);
    }

    /// Whether the metric has no series yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.series.read().unwrap_or_else(PoisonError::into_inner).rows.is_empty()
    }

    /// One number for the combination of values. The values of the last label have consecutive numbers.
    fn label_set_number(&self, values: &[Value]) -> u64 {
        let all = self.labels.iter().zip(values);
        all.fold(0, |number, (label, value)| number * label.cardinality + label.index(value))
    }

    /// Appends the labels of a series. Tells whether one of them is the `other` of a capped label.
    fn push_labels(&self, series: &Series, number: u64, labels: &mut String) -> bool {
        let mut is_other = false;
        let mut stride: u64 = self.labels.iter().map(|label| label.cardinality).product();
        for (label, texts) in self.labels.iter().zip(&series.label_texts) {
            stride /= label.cardinality;
            if let Some(text) = texts.get(&(number / stride % label.cardinality)) {
                if !labels.is_empty() {
                    labels.push(',');
                }
                labels.push_str(text);
                is_other |= label.is_capped && is_value(text, label.name, Capped::OTHER);
            }
        }
        is_other
    }
}

/// Whether the text of a label is `name="value"`. The value needs no escapes.
fn is_value(text: &str, name: &str, value: &str) -> bool {
    let quoted = text.strip_prefix(name).and_then(|rest| rest.strip_prefix("=\""));
    quoted.and_then(|rest| rest.strip_suffix('"')) == Some(value)
}

impl LabelDimension {
    fn of(families: &[&'static Family], at: usize) -> Self {
        let label = &families[0].labels[at];
        let mut site_values: Vec<&'static str> = Vec::new();
        if label.is_fixed() {
            site_values.extend(families.iter().filter_map(|family| family.labels[at].value_at(0)));
            site_values.sort_unstable();
            site_values.dedup();
        }
        let cardinality = if site_values.is_empty() { label.cardinality().into() } else { site_values.len() as u64 };
        Self { name: label.name(), cardinality, is_capped: label.capped().is_some(), site_values }
    }

    /// The index of a value in this dimension.
    fn index(&self, value: &Value) -> u64 {
        match self.site_values.binary_search(&value.text) {
            Ok(site) => site as u64,
            Err(_) => value.index.into(),
        }
    }

    /// `step="upscale"`
    fn text(&self, value: &Value) -> Box<str> {
        let mut text = String::new();
        push_label(&mut text, self.name, value.text);
        text.into_boxed_str()
    }
}
