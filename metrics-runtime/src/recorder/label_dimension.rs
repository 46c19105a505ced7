//! A label of a metric, as one dimension of the space of its label sets.

use std::collections::HashMap;

use crate::definition::{Family, LabelSpec};
use crate::format::push_label;
use crate::vocabulary::Capped;

/// A label and the number of values that it can have.
#[derive(Debug)]
pub(super) struct LabelDimension {
    name: &'static str,
    pub(super) cardinality: u64,
    /// The distance between the numbers of two label sets that differ in this label, by neighbouring values.
    pub(super) stride: u64,
    /// Whether its value `other` stands for several values.
    is_capped: bool,
    /// For a label with one fixed value at each site: these values, sorted. Empty for other labels.
    site_values: Vec<&'static str>,
}

/// A label of a metric.
#[derive(Clone, Debug)]
pub(crate) struct StoredLabel {
    pub(crate) name: &'static str,
    /// Its values, by their index; `None` for one that there is not yet.
    pub(crate) values: Vec<Option<&'static str>>,
    /// For a capped label: its path, and the number of values that are kept.
    pub(crate) capped: Option<(&'static str, usize)>,
}

/// A label's value: its index among the label's values, and its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub(super) index: u32,
    pub(super) text: &'static str,
}

/// So many values are compared with each other in less time than their hashes take.
const FEW: u32 = 16;

impl Value {
    /// The value that a label has in a slot; `None` if there is no such value yet.
    pub(super) fn of(label: &LabelSpec, slot: u32) -> Option<Self> {
        let text = label.value_at(slot)?;
        // A set can contain a text twice, and the text identifies the series, so the first index with this text counts. A
        // hand-written `Label` may return another text at each call; then the index of the slot counts.
        let index = label.find(text).map_or(label.index_at(slot), |(index, _)| index);
        Some(Self { index, text })
    }

    /// The values of a label whose series exist from the start, each with its offset among the slots.
    pub(super) fn all_at_start(label: &LabelSpec) -> Vec<(u32, Self)> {
        let mut all: Vec<(u32, Self)> = Vec::with_capacity(label.cardinality() as usize);
        let mut first: HashMap<&'static str, u32> = HashMap::new();
        for index in 0..label.cardinality() {
            let slot = index * label.stride;
            let Some(text) = label.value_at(slot) else { continue };
            // As above: the first index with a text counts. Among few values, it is found faster without a hash.
            let known = if index < FEW {
                all.iter().find(|(_, value)| value.text == text).map_or(index, |(_, value)| value.index)
            } else {
                if first.is_empty() {
                    first.extend(all.iter().rev().map(|(_, value)| (value.text, value.index)));
                }
                *first.entry(text).or_insert(index)
            };
            all.push((slot, Self { index: known, text }));
        }
        all.retain(|(slot, _)| !label.is_panic_fallback(*slot));
        all
    }
}

impl LabelDimension {
    /// The dimensions of a metric with these families.
    pub(super) fn all(families: &[&'static Family]) -> Vec<Self> {
        let mut labels: Vec<Self> = (0..families[0].labels.len()).map(|at| Self::of(families, at)).collect();
        let mut stride = 1;
        for label in labels.iter_mut().rev() {
            label.stride = stride;
            stride *= label.cardinality;
        }
        labels
    }

    /// The label, which `spec` defines, with its values.
    pub(super) fn stored(&self, spec: &LabelSpec) -> StoredLabel {
        let values = if self.site_values.is_empty() {
            (0..spec.cardinality()).map(|index| spec.value_at(index * spec.stride)).collect()
        } else {
            self.site_values.iter().copied().map(Some).collect()
        };
        let capped = spec.capped().map(|capped| (capped.path(), capped.kept()));
        StoredLabel { name: self.name, values, capped }
    }

    fn of(families: &[&'static Family], at: usize) -> Self {
        let label = &families[0].labels[at];
        let mut site_values: Vec<&'static str> = Vec::new();
        if label.is_fixed() {
            site_values.extend(families.iter().filter_map(|family| family.labels[at].value_at(0)));
            site_values.sort_unstable();
            site_values.dedup();
        }
        let cardinality = if site_values.is_empty() { label.cardinality().into() } else { site_values.len() as u64 };
        Self { name: label.name(), cardinality, stride: 1, is_capped: label.capped().is_some(), site_values }
    }

    /// The index of a value in this dimension.
    pub(super) fn index(&self, value: &Value) -> u64 {
        match self.site_values.binary_search(&value.text) {
            Ok(site) => site as u64,
            Err(_) => value.index.into(),
        }
    }

    /// `step="upscale"`
    pub(super) fn text(&self, value: &Value) -> Box<str> {
        let mut text = String::new();
        push_label(&mut text, self.name, value.text);
        text.into_boxed_str()
    }

    /// Whether this text of the label shows the `other` of a capped label.
    pub(super) fn is_other(&self, text: &str) -> bool {
        self.is_capped && is_value(text, self.name, Capped::OTHER)
    }
}

/// Whether the text of a label is `name="value"`. The value needs no escapes.
fn is_value(text: &str, name: &str, value: &str) -> bool {
    let quoted = text.strip_prefix(name).and_then(|rest| rest.strip_prefix("=\""));
    quoted.and_then(|rest| rest.strip_suffix('"')) == Some(value)
}
