//! What other crates do, as a text: a line for each call, with tabs between its parts.

use std::borrow::Cow;

use metrics::{Key, KeyName, Label, Level, Metadata, Unit};
use metrics_runtime::{Builder, Kind};

/// More calls than these tell nothing new.
const MAX_CALLS: usize = 48;
const MAX_LABELS: usize = 8;

pub(crate) struct Script {
    /// The settings of the program.
    pub(crate) global_labels: Vec<(String, String)>,
    pub(crate) buckets: Vec<(String, Vec<f64>)>,
    pub(crate) calls: Vec<Call>,
}

pub(crate) struct Call {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) op: Op,
}

pub(crate) enum Op {
    Describe {
        unit: Option<Unit>,
        help: String,
    },
    /// Changes the value of a series with these labels.
    Change {
        labels: Vec<(String, String)>,
        change: Change,
    },
}

#[derive(Clone, Copy)]
pub(crate) enum Change {
    Add(u64),
    Absolute(u64),
    Set(f64),
    Up(f64),
    Down(f64),
    Record(f64),
}

impl Script {
    pub(crate) fn parse(data: &[u8]) -> Self {
        let text = String::from_utf8_lossy(data);
        let mut script = Self { global_labels: Vec::new(), buckets: Vec::new(), calls: Vec::new() };
        for line in text.split('\n').take(MAX_CALLS) {
            let mut parts = line.split('\t').map(unescape);
            let (Some(word), name) = (parts.next(), parts.next().unwrap_or_default()) else { continue };
            let first = parts.next().unwrap_or_default();
            match &*word {
                "label" => script.global_labels.push((name, first)),
                "buckets" => {
                    let bounds = [first].into_iter().chain(parts).filter_map(|bound| bound.parse().ok());
                    script.buckets.push((name, bounds.collect()));
                }
                word => script.calls.extend(call(word, name, &first, &mut parts)),
            }
        }
        script
    }

    /// The program's settings.
    pub(crate) fn builder(&self) -> Builder {
        let mut builder = metrics_runtime::builder();
        for (name, value) in &self.global_labels {
            builder = builder.global_label(name, value);
        }
        for (name, bounds) in &self.buckets {
            builder = builder.buckets(name, bounds.clone());
        }
        builder
    }
}

fn call(word: &str, name: String, first: &str, rest: &mut dyn Iterator<Item = String>) -> Option<Call> {
    if let Some(kind) = match word {
        "describe-counter" => Some(Kind::Counter),
        "describe-gauge" => Some(Kind::Gauge),
        "describe-histogram" => Some(Kind::Histogram),
        _ => None,
    } {
        let op = Op::Describe { unit: Unit::from_string(first), help: rest.next().unwrap_or_default() };
        return Some(Call { kind, name, op });
    }
    let number = first.parse().unwrap_or(1.5);
    let count = first.parse().unwrap_or(1);
    let (kind, change) = match word {
        "counter" => (Kind::Counter, Change::Add(count)),
        "absolute" => (Kind::Counter, Change::Absolute(count)),
        "gauge" => (Kind::Gauge, Change::Set(number)),
        "up" => (Kind::Gauge, Change::Up(number)),
        "down" => (Kind::Gauge, Change::Down(number)),
        "histogram" => (Kind::Histogram, Change::Record(number)),
        _ => return None,
    };
    let mut labels = Vec::new();
    while let Some(label) = rest.next().filter(|_| labels.len() < MAX_LABELS) {
        labels.push((label, rest.next().unwrap_or_default()));
    }
    Some(Call { kind, name, op: Op::Change { labels, change } })
}

/// `\n` and `\t` are a line break and a tab, which otherwise end a part.
fn unescape(part: &str) -> String {
    let mut plain = String::new();
    let mut letters = part.chars();
    while let Some(letter) = letters.next() {
        plain.push(match letter {
            '\\' => match letters.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                other => other.unwrap_or('\\'),
            },
            other => other,
        });
    }
    plain
}

impl Call {
    /// Does what the facade's macros do.
    pub(crate) fn run(&self) {
        static METADATA: Metadata<'_> = Metadata::new("crates", Level::INFO, None);
        let Self { kind, name, op } = self;
        metrics::with_recorder(|recorder| match op {
            Op::Describe { unit, help } => {
                let (name, help) = (KeyName::from(name.clone()), Cow::from(help.clone()).into_owned().into());
                match kind {
                    Kind::Counter => recorder.describe_counter(name, *unit, help),
                    Kind::Gauge => recorder.describe_gauge(name, *unit, help),
                    Kind::Histogram => recorder.describe_histogram(name, *unit, help),
                }
            }
            Op::Change { labels, change } => {
                let labels = labels.iter().map(|(name, value)| Label::new(name.clone(), value.clone()));
                let key = Key::from_parts(name.clone(), labels.collect::<Vec<_>>());
                let counter = || recorder.register_counter(&key, &METADATA);
                let gauge = || recorder.register_gauge(&key, &METADATA);
                match *change {
                    Change::Add(count) => counter().increment(count),
                    Change::Absolute(count) => counter().absolute(count),
                    Change::Set(value) => gauge().set(value),
                    Change::Up(value) => gauge().increment(value),
                    Change::Down(value) => gauge().decrement(value),
                    Change::Record(value) => recorder.register_histogram(&key, &METADATA).record(value),
                }
            }
        });
    }
}
