//! The values of a process of another version of the program, as this version has them.

use std::collections::HashMap;

use super::description::{DescribedLabel, DescribedMetric, DescribedValues, Description};
use crate::declared::SharedTexts;
use crate::definition::FUNCTION_PATH;
use crate::storage::{OtherWords, SUM_WORDS};
use crate::vocabulary::Kind;

/// Values by the words of this version.
#[derive(Debug, Default)]
pub(super) struct Translated {
    counts: HashMap<usize, u64>,
    /// The sums of histograms and of counters of fractions, by the first word of the row.
    sums: HashMap<usize, u128>,
    /// Gauges, by the first word of the row: the value, and when it was set.
    gauges: HashMap<usize, (f64, u64)>,
}

impl Translated {
    /// The values of `words`, which `from` describes, as `to` describes them. What `to` does not have is left out.
    pub(super) fn new(words: &OtherWords, from: &Description, to: &Description, texts: &dyn SharedTexts) -> Self {
        let mut this = Self::default();
        for metric in &from.metrics {
            let target = to.metric(&metric.name);
            let target = target.filter(|target| target.kind == metric.kind && target.bounds == metric.bounds);
            let target = target.filter(|target| target.decimal_places == metric.decimal_places);
            let Some(target) = target else { continue };
            let Some(labels) = Labels::between(metric, from, target, to, texts) else { continue };
            for (number, first) in (0..).zip(metric.region.rows()) {
                if !words.has_chunk(first) || !words.has_values(first, metric.region.width()) {
                    continue;
                }
                let Some(row) = labels.translate(number).and_then(|number| target.region.start(number)) else {
                    continue;
                };
                this.add(metric, words, first, row);
            }
        }
        this
    }

    fn add(&mut self, metric: &DescribedMetric, words: &OtherWords, from: usize, to: usize) {
        match metric.kind {
            Kind::Counter if metric.is_fractional() => self.add_sum(to, words.sum(from)),
            Kind::Counter => self.add_count(to, words.word(from)),
            Kind::Gauge => _ = self.gauges.insert(to, (words.gauge(from), words.gauge_was_set_at(from))),
            Kind::Histogram => {
                self.add_sum(to, words.sum(from));
                let mut counts = vec![0; metric.bounds.len() + 1];
                words.add_to(from, &mut counts);
                for (at, count) in counts.into_iter().enumerate() {
                    self.add_count(to + SUM_WORDS + at, count);
                }
            }
        }
    }

    fn add_sum(&mut self, at: usize, value: u128) {
        let sum = self.sums.entry(at).or_default();
        *sum = sum.saturating_add(value);
    }

    fn add_count(&mut self, at: usize, value: u64) {
        let count = self.counts.entry(at).or_default();
        *count = count.wrapping_add(value);
    }

    pub(super) fn counts(&self) -> impl Iterator<Item = (usize, u64)> {
        self.counts.iter().map(|(at, count)| (*at, *count))
    }

    pub(super) fn sums(&self) -> impl Iterator<Item = (usize, u128)> {
        self.sums.iter().map(|(at, sum)| (*at, *sum))
    }

    pub(super) fn count(&self, at: usize) -> u64 {
        self.counts.get(&at).copied().unwrap_or_default()
    }

    pub(super) fn sum(&self, first: usize) -> u128 {
        self.sums.get(&first).copied().unwrap_or_default()
    }

    /// The gauge in a row, and when it was set; `None` if the process does not have it.
    pub(super) fn gauge(&self, first: usize) -> Option<(f64, u64)> {
        self.gauges.get(&first).copied()
    }

    pub(super) fn has_values(&self, first: usize, words: usize) -> bool {
        self.gauges.contains_key(&first) || self.sum(first) != 0 || (first..first + words).any(|at| self.count(at) != 0)
    }
}

/// For each label, the index in the other version of each index in this one.
struct Labels(Vec<LabelIndices>);

struct LabelIndices {
    cardinality: u64,
    target_cardinality: u64,
    /// For each value its index in the other version; `None` if that does not have it.
    indices: Vec<Option<u64>>,
}

impl Labels {
    /// `None` if the labels are not the same.
    fn between(
        metric: &DescribedMetric,
        from: &Description,
        target: &DescribedMetric,
        to: &Description,
        texts: &dyn SharedTexts,
    ) -> Option<Self> {
        if metric.labels.len() != target.labels.len() {
            return None;
        }
        let both = metric.labels.iter().zip(&target.labels);
        both.map(|(label, target)| {
            if label.name != target.name {
                return None;
            }
            let known = texts_of(target, to, texts);
            let by_text: HashMap<&str, u64> =
                (0..).zip(&known).filter_map(|(at, text)| Some((text.as_deref()?, at))).collect();
            let indices = texts_of(label, from, texts);
            let indices = indices.iter().map(|text| by_text.get(text.as_deref()?).copied()).collect();
            Some(LabelIndices { cardinality: label.cardinality, target_cardinality: target.cardinality, indices })
        })
        .collect::<Option<Vec<LabelIndices>>>()
        .map(Self)
    }

    /// The number of a label set in the other version.
    fn translate(&self, number: u64) -> Option<u64> {
        let mut stride: u64 = self.0.iter().map(|label| label.cardinality).product();
        let mut translated = 0;
        for label in &self.0 {
            stride /= label.cardinality;
            let index = usize::try_from(number / stride % label.cardinality).ok()?;
            translated = translated * label.target_cardinality + label.indices.get(index).copied().flatten()?;
        }
        Some(translated)
    }
}

/// The text of each value of a label; `None` where there is no value yet.
fn texts_of(label: &DescribedLabel, description: &Description, texts: &dyn SharedTexts) -> Vec<Option<String>> {
    match &label.values {
        DescribedValues::Closed(values) => values.iter().cloned().map(Some).collect(),
        DescribedValues::Capped { path, .. } if path == FUNCTION_PATH => {
            description.functions.iter().map(|calls| Some(calls.function.clone())).collect()
        }
        DescribedValues::Capped { kept, path, rest } => {
            let kept_texts = (0..*kept).map(|place| texts.text(path, place).map(str::to_owned));
            kept_texts.chain(rest.iter().cloned().map(Some)).collect()
        }
    }
}
