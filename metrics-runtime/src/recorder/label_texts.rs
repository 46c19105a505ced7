//! The texts of the labels of a metric's series.

use std::ops::Range;

use super::label_dimension::{LabelDimension, Value};

/// The text of each value of each label, once for all series that have the value.
#[derive(Debug)]
pub(super) struct LabelTexts {
    /// For each label, by the index of the value: `step="upscale"`. Empty until a series has the value.
    by_label: Vec<Vec<Box<str>>>,
}

impl LabelTexts {
    /// No texts yet, for this number of labels.
    pub(super) fn new(labels: usize) -> Self {
        Self { by_label: vec![Vec::new(); labels] }
    }

    /// Makes room for the texts of values of the label number `at`.
    pub(super) fn reserve(&mut self, at: usize, values: usize) {
        self.by_label[at].reserve_exact(values);
    }

    /// Keeps the text of a value of the label number `at`.
    pub(super) fn add(&mut self, at: usize, label: &LabelDimension, value: &Value) {
        let texts = &mut self.by_label[at];
        let Ok(index) = usize::try_from(label.index(value)) else { return };
        if index >= texts.len() {
            texts.resize(index + 1, Box::default());
        }
        if texts[index].is_empty() {
            texts[index] = label.text(value);
        }
    }

    fn get(&self, at: usize, index: u64) -> &str {
        usize::try_from(index).ok().and_then(|index| self.by_label[at].get(index)).map_or("", |text| text)
    }
}

/// Writes the labels of one series after another. Neighbours in a table mostly differ in the last label, so the text of the
/// others is kept.
pub(super) struct LabelWriter<'a> {
    labels: &'a [LabelDimension],
    /// The length of the text that comes before the labels.
    prefix: usize,
    /// The numbers of the label sets that have the present values of all labels but the last.
    same: Range<u64>,
    /// The length of the text before the last label, and whether one of the labels in it is an `other`.
    before_last: (usize, bool),
}

impl<'a> LabelWriter<'a> {
    /// `prefix` is the length of the text that comes before the labels of each series.
    pub(super) fn new(labels: &'a [LabelDimension], prefix: usize) -> Self {
        Self { labels, prefix, same: 0..0, before_last: (prefix, false) }
    }

    /// Replaces the labels in the text by those of another series. Tells whether one of them is the `other` of a capped label.
    pub(super) fn write(&mut self, texts: &LabelTexts, number: u64, text: &mut String) -> bool {
        let Some((last, others)) = self.labels.split_last() else { return false };
        if !self.same.contains(&number) {
            text.truncate(self.prefix);
            let (mut rest, mut is_other) = (number, false);
            for (at, label) in others.iter().enumerate() {
                is_other |= push(text, label, texts.get(at, rest / label.stride));
                rest %= label.stride;
            }
            self.same = number - rest..number - rest + last.cardinality;
            self.before_last = (text.len(), is_other);
        }
        let (length, is_other) = self.before_last;
        text.truncate(length);
        push(text, last, texts.get(others.len(), number - self.same.start)) | is_other
    }
}

/// Appends the text of a label. Tells whether it is the `other` of a capped label.
fn push(labels: &mut String, label: &LabelDimension, text: &str) -> bool {
    if !labels.is_empty() && !text.is_empty() {
        labels.push(',');
    }
    labels.push_str(text);
    label.is_other(text)
}
