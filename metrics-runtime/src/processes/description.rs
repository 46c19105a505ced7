//! What the words of a process mean. Two processes with the same description have the same words.

use std::fmt::Write as _;

use super::tokens::{Tokens, push_text};
use crate::recorder::{Region, Store, StoredLabel};
use crate::storage::{GaugeCell, HistogramCell, SumCell};
use crate::vocabulary::{Capped, Kind};

/// The first line of a description. Another one is of another version of this crate.
const TITLE: &str = "metrics-runtime 1\n";
/// The word for a counter of fractions, where the others have their kind.
const FRACTIONS: &str = "fractions";
/// More than any program has.
const MOST: usize = 1 << 20;

/// What the words of a process mean.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Description {
    pub(super) metrics: Vec<DescribedMetric>,
    /// The functions whose calls are counted when a process is killed.
    pub(super) functions: Vec<CallsOf>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct DescribedMetric {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) region: Region,
    /// The bounds of its buckets, in steps.
    pub(super) bounds: Vec<u64>,
    /// The decimal places of a counter of fractions; zero for all others.
    pub(super) decimal_places: u32,
    pub(super) labels: Vec<DescribedLabel>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct DescribedLabel {
    pub(super) name: String,
    pub(super) cardinality: u64,
    pub(super) values: DescribedValues,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum DescribedValues {
    /// These.
    Closed(Vec<String>),
    /// So many that come while the program runs, from the texts of this path, and these after them.
    Capped { kept: usize, path: String, rest: Vec<String> },
}

/// How the calls in flight of a function are counted. Metrics are known by their place in the description.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CallsOf {
    /// The function; several, with commas between them, that record the same metrics.
    pub(super) function: String,
    pub(super) evidence: Evidence,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Evidence {
    /// What has started, and what has ended.
    Counts { started: usize, ended: Vec<usize> },
    /// The calls in flight.
    Gauge(usize),
}

impl Description {
    pub(super) fn of(store: &Store, functions: Vec<CallsOf>) -> Self {
        let metrics = store.metrics().iter().filter_map(|metric| {
            Some(DescribedMetric {
                kind: metric.kind,
                name: metric.name.to_owned(),
                region: metric.region?,
                bounds: metric.buckets.bounds().to_vec(),
                decimal_places: if metric.is_fractional() { metric.decimal_places() } else { 0 },
                labels: metric.labels().map(DescribedLabel::of).collect(),
            })
        });
        Self { metrics: metrics.collect(), functions }
    }

    /// The metric with this name.
    pub(super) fn metric(&self, name: &str) -> Option<&DescribedMetric> {
        // As in the store, they are sorted by name.
        let at = self.metrics.binary_search_by(|metric| metric.name.as_str().cmp(name)).ok()?;
        self.metrics.get(at)
    }

    /// The text that is written beside the words.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::from(TITLE);
        for metric in &self.metrics {
            let _ = write!(text, "{} ", if metric.is_fractional() { FRACTIONS } else { metric.kind.as_str() });
            push_text(&mut text, &metric.name);
            let _ = write!(text, " {} {}", metric.region.first(), metric.region.series());
            if metric.is_fractional() {
                let _ = write!(text, " {}", metric.decimal_places);
            }
            for bound in &metric.bounds {
                let _ = write!(text, " {bound}");
            }
            text.push('\n');
            for label in &metric.labels {
                text.push_str("label ");
                push_text(&mut text, &label.name);
                let _ = write!(text, " {}", label.cardinality);
                match &label.values {
                    DescribedValues::Closed(values) => {
                        for value in values {
                            text.push(' ');
                            push_text(&mut text, value);
                        }
                    }
                    DescribedValues::Capped { kept, path, rest } => {
                        let _ = write!(text, " capped {kept}");
                        for value in [path].into_iter().chain(rest) {
                            text.push(' ');
                            push_text(&mut text, value);
                        }
                    }
                }
                text.push('\n');
            }
        }
        for CallsOf { function, evidence } in &self.functions {
            text.push_str("function ");
            push_text(&mut text, function);
            match evidence {
                Evidence::Gauge(gauge) => _ = write!(text, " gauge {gauge}"),
                Evidence::Counts { started, ended } => {
                    let _ = write!(text, " counts {started}");
                    for ended in ended {
                        let _ = write!(text, " {ended}");
                    }
                }
            }
            text.push('\n');
        }
        text
    }

    /// Reads a text; `None` if it is not a description.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut tokens = Tokens::new(text.strip_prefix(TITLE)?.as_bytes());
        let mut this = Self { metrics: Vec::new(), functions: Vec::new() };
        while !tokens.is_at_end() {
            match tokens.word()? {
                "label" => this.metrics.last_mut()?.labels.push(DescribedLabel::parse(&mut tokens)?),
                "function" => this.functions.push(CallsOf::parse(&mut tokens)?),
                FRACTIONS => this.metrics.push(DescribedMetric::parse_fractions(&mut tokens)?),
                kind => {
                    let kind = [Kind::Counter, Kind::Gauge, Kind::Histogram]
                        .into_iter()
                        .find(|known| known.as_str() == kind)?;
                    this.metrics.push(DescribedMetric::parse(kind, &mut tokens)?);
                }
            }
            tokens.expect(b'\n')?;
        }
        let number = this.metrics.len();
        let is_known = |metric: &usize| *metric < number;
        let are_known = this.functions.iter().all(|calls| match &calls.evidence {
            Evidence::Gauge(gauge) => is_known(gauge),
            Evidence::Counts { started, ended } => is_known(started) && ended.iter().all(is_known),
        });
        let is_sorted = this.metrics.is_sorted_by(|one, next| one.name < next.name);
        (are_known && is_sorted && this.metrics.iter().all(DescribedMetric::is_whole)).then_some(this)
    }
}

impl DescribedMetric {
    /// Whether it is a counter of fractions.
    pub(super) const fn is_fractional(&self) -> bool {
        self.decimal_places > 0
    }

    /// Its name, its first word, and the number of its series.
    fn parse_place(tokens: &mut Tokens<'_>) -> Option<(String, usize, u64)> {
        tokens.expect(b' ')?;
        let name = tokens.text()?.to_owned();
        tokens.expect(b' ')?;
        let first = usize::try_from(tokens.number()?).ok()?;
        tokens.expect(b' ')?;
        Some((name, first, tokens.number()?))
    }

    fn parse_fractions(tokens: &mut Tokens<'_>) -> Option<Self> {
        let (name, first, series) = Self::parse_place(tokens)?;
        tokens.expect(b' ')?;
        let decimal_places = u32::try_from(tokens.number()?).ok().filter(|places| *places > 0)?;
        let region = Region::from_parts(first, SumCell::WIDTH, series)?;
        Some(Self { kind: Kind::Counter, name, region, bounds: Vec::new(), decimal_places, labels: Vec::new() })
    }

    fn parse(kind: Kind, tokens: &mut Tokens<'_>) -> Option<Self> {
        let (name, first, series) = Self::parse_place(tokens)?;
        let mut bounds = Vec::new();
        while tokens.expect(b' ').is_some() && bounds.len() < MOST {
            bounds.push(tokens.number()?);
        }
        let width = match kind {
            Kind::Counter => 1,
            Kind::Gauge => GaugeCell::SHARED_WIDTH,
            Kind::Histogram => HistogramCell::width(&bounds),
        };
        let region = Region::from_parts(first, width, series)?;
        Some(Self { kind, name, region, bounds, decimal_places: 0, labels: Vec::new() })
    }

    /// Whether the labels have as many sets as the metric has series.
    fn is_whole(&self) -> bool {
        let sets = self.labels.iter().map(|label| label.cardinality).try_fold(1, u64::checked_mul);
        sets == Some(self.region.series())
    }
}

impl DescribedLabel {
    fn of(label: StoredLabel) -> Self {
        let cardinality = label.values.len() as u64;
        let values = match label.capped {
            Some((path, kept)) => {
                let rest = label.values.iter().skip(kept + 1).map(|value| value.unwrap_or_default().to_owned());
                // `other` is a value only once it was used, but it has its place from the start.
                let other = (label.values.len() > kept).then(|| Capped::OTHER.to_owned());
                let rest = other.into_iter().chain(rest).collect();
                DescribedValues::Capped { kept, path: path.to_owned(), rest }
            }
            None => DescribedValues::Closed(
                label.values.into_iter().map(|value| value.unwrap_or_default().to_owned()).collect(),
            ),
        };
        Self { name: label.name.to_owned(), cardinality, values }
    }

    fn parse(tokens: &mut Tokens<'_>) -> Option<Self> {
        tokens.expect(b' ')?;
        let name = tokens.text()?.to_owned();
        tokens.expect(b' ')?;
        let cardinality = tokens.number()?;
        let kept = match tokens.expect_word(" capped ") {
            Some(()) => Some(usize::try_from(tokens.number()?).ok()?),
            None => None,
        };
        let mut values = Vec::new();
        while tokens.expect(b' ').is_some() && values.len() < MOST {
            values.push(tokens.text()?.to_owned());
        }
        let values = match kept {
            Some(kept) if !values.is_empty() => DescribedValues::Capped { kept, path: values.remove(0), rest: values },
            Some(_) => return None,
            None => DescribedValues::Closed(values),
        };
        let number = match &values {
            DescribedValues::Closed(values) => values.len() as u64,
            DescribedValues::Capped { kept, rest, .. } => kept.saturating_add(rest.len()) as u64,
        };
        (number == cardinality).then_some(Self { name, cardinality, values })
    }
}

impl CallsOf {
    fn parse(tokens: &mut Tokens<'_>) -> Option<Self> {
        tokens.expect(b' ')?;
        let function = tokens.text()?.to_owned();
        tokens.expect(b' ')?;
        let form = tokens.word()?;
        let mut metrics = Vec::new();
        while tokens.expect(b' ').is_some() && metrics.len() < MOST {
            metrics.push(usize::try_from(tokens.number()?).ok()?);
        }
        let evidence = match (form, metrics.as_slice()) {
            ("gauge", [gauge]) => Evidence::Gauge(*gauge),
            ("counts", [started, ended @ ..]) if !ended.is_empty() => {
                Evidence::Counts { started: *started, ended: ended.to_vec() }
            }
            _ => return None,
        };
        Some(Self { function, evidence })
    }
}

/// A number for the text of a description. Two texts that differ do not have the same one by chance.
pub(super) fn fingerprint(text: &str) -> u128 {
    // FNV-1a: <http://www.isthe.com/chongo/tech/comp/fnv/>.
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    text.bytes().fold(OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_the_published_function() {
        assert_eq!(fingerprint(""), 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        assert_eq!(fingerprint("a"), 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
    }

    fn description() -> Description {
        let closed = |name: &str, values: &[&str]| DescribedLabel {
            name: name.to_owned(),
            cardinality: values.len() as u64,
            values: DescribedValues::Closed(values.iter().map(|value| (*value).to_owned()).collect()),
        };
        let capped = DescribedLabel {
            name: "workflow".to_owned(),
            cardinality: 33,
            values: DescribedValues::Capped {
                kept: 31,
                path: "app::Workflow".to_owned(),
                rest: vec!["other".to_owned(), "none".to_owned()],
            },
        };
        let metric =
            |kind, name: &str, first, width, series, bounds: &[u64], labels: &[&DescribedLabel]| DescribedMetric {
                kind,
                name: name.to_owned(),
                region: Region::from_parts(first, width, series).expect("there is room"),
                bounds: bounds.to_vec(),
                decimal_places: if name.ends_with("_seconds_total") { 9 } else { 0 },
                labels: labels.iter().copied().cloned().collect(),
            };
        let step = closed("step", &["a b", "c:\n", ""]);
        Description {
            metrics: vec![
                metric(Kind::Counter, "cpu_seconds_total", 200, SumCell::WIDTH, 3, &[], &[&step]),
                metric(Kind::Counter, "jobs_total", 1, 1, 99, &[], &[&capped, &step]),
                metric(Kind::Gauge, "jobs_waiting", 100, GaugeCell::SHARED_WIDTH, 1, &[], &[]),
                metric(Kind::Histogram, "wait_seconds", 106, 5, 3, &[5, 10], &[&step]),
            ],
            functions: vec![
                CallsOf { function: "app::one".to_owned(), evidence: Evidence::Gauge(1) },
                CallsOf { function: "two,three".to_owned(), evidence: Evidence::Counts { started: 0, ended: vec![2] } },
            ],
        }
    }

    #[test]
    fn a_description_is_read_as_it_was_written() {
        let text = description().to_text();
        assert_eq!(Description::parse(&text), Some(description()), "{text}");
    }

    #[test]
    fn a_text_with_any_mistake_is_not_a_description() {
        let text = description().to_text();
        for end in 0..text.len() {
            let is_whole = text.is_char_boundary(end) && Description::parse(&text[..end]).is_some();
            // Without its last lines it is one of another program.
            assert!(!is_whole || text[..end].ends_with('\n'), "{end}");
        }
        for (right, wrong) in [
            ("jobs_total 1 99", "jobs_total 1 98"),
            ("gauge 1", "gauge 3"),
            ("counts 0 2", "counts 0"),
            ("metrics-runtime 1", "metrics-runtime 2"),
            ("12:jobs_waiting", "13:jobs_waiting"),
            ("cpu_seconds_total 200 3 9", "cpu_seconds_total 200 3"),
            ("cpu_seconds_total 200 3 9", "cpu_seconds_total 200 3 0"),
            ("label 4:step 3", "label 4:step 4"),
            ("histogram 12:wait_seconds 106 3", "histogram 12:wait_seconds 99999999 3"),
            ("12:wait_seconds", "12:jobs_waiting"),
        ] {
            let text = text.replacen(right, wrong, 1);
            assert_eq!(Description::parse(&text), None, "{text}");
        }
    }
}
