//! The time from the start of a program with many series to its first page.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use crate::child;
use crate::generated::{self, Source};
use crate::report::{head, median, row, version};

const ROUNDS: usize = 15;

/// A program: its counters and histograms, and the values of the labels of each.
struct Program {
    name: &'static str,
    counters: usize,
    counter_labels: &'static [usize],
    histograms: usize,
    histogram_labels: &'static [usize],
}

/// Each has a hundred thousand series. The budget of a metric is the default, a thousand lines on the page; a histogram with
/// eight buckets has eleven lines for each of its series.
const PROGRAMS: [Program; 2] = [
    Program {
        name: "few-metrics",
        counters: 50,
        counter_labels: &[10, 10, 10],
        histograms: 556,
        histogram_labels: &[10, 9],
    },
    Program { name: "many-metrics", counters: 5000, counter_labels: &[10], histograms: 5000, histogram_labels: &[10] },
];

const OURS: &str = "metrics-runtime";
const EXPORTER: &str = "metrics-exporter-prometheus";

/// What the generated program prints for it.
const PARTS: &str = "parts";

pub struct Start(Vec<ProgramCost>);

struct ProgramCost {
    program: &'static Program,
    libraries: Vec<StartCost>,
    /// The milliseconds of what our `init()` does first: the clock is calibrated, the catalog is collected, and it is checked.
    parts: [f64; 3],
}

/// The cost of one library.
struct StartCost {
    of: &'static str,
    /// The milliseconds until all series exist, for the first page, and for the second page.
    times: [f64; 3],
    bytes: f64,
}

impl Program {
    fn series(&self) -> usize {
        let product = |labels: &[usize]| labels.iter().product::<usize>();
        self.counters * product(self.counter_labels) + self.histograms * product(self.histogram_labels)
    }

    fn metrics(&self) -> usize {
        self.counters + self.histograms
    }

    fn build(&self) -> Result<PathBuf, String> {
        let dependencies = generated::runtime("")?
            + "metrics = \"0.24.6\"\n\
               metrics-exporter-prometheus = { version = \"0.18.3\", default-features = false }\n\
               quanta = \"0.12\"\n";
        generated::build(&Source { name: self.name, dependencies: &dependencies, main: &self.main() })
    }

    fn main(&self) -> String {
        let mut main = MAIN.to_owned() + include_str!("processor_time.rs");
        for size in [9, 10] {
            let values: Vec<String> = (0..size).map(|value| format!("Value{value}")).collect();
            let _ = writeln!(
                main,
                "#[allow(dead_code)]\n#[derive(Clone, Copy, metrics_runtime::Label)]\npub enum Of{size} {{ {} }}",
                values.join(", ")
            );
        }
        main.push_str("metrics_runtime::declare_metrics! {\n");
        for at in 0..self.counters {
            let labels = labels(self.counter_labels);
            let _ = writeln!(main, "/// Jobs.\npub counter C{at} = \"start_{at}_total\", labels({labels});");
        }
        for at in 0..self.histograms {
            let labels = labels(self.histogram_labels);
            let _ = writeln!(
                main,
                "/// Durations.\npub histogram H{at} = \"start_{at}_seconds\", labels({labels}), \
                 buckets(10, 20, 40, 60, 120, 300, 600, 1200);"
            );
        }
        main.push_str("}\n");
        main
    }
}

/// `label0: Of10, label1: Of9`
fn labels(sizes: &[usize]) -> String {
    let labels: Vec<String> = sizes.iter().enumerate().map(|(at, size)| format!("label{at}: Of{size}")).collect();
    labels.join(", ")
}

/// The program prints the milliseconds until all its series exist, those for the first and for the second page, and the bytes
/// of the page.
const MAIN: &str = r#"
use metrics::{Key, KeyName, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use metrics_runtime::Kind;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("metrics-runtime") => ours(),
        Some("metrics-exporter-prometheus") => exporter(),
        _ => parts(),
    }
}

/// Prints the milliseconds of what `init()` does first: it calibrates the clock, and it collects and checks the catalog.
fn parts() {
    let start = processor();
    let _clock = quanta::Clock::new();
    let calibrated = processor();
    let catalog = metrics_runtime::catalog();
    let collected = processor();
    catalog.check().expect("the metrics agree");
    println!("{} {} {}", calibrated - start, collected - calibrated, processor() - collected);
}

fn ours() {
    let start = processor();
    let handle = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid");
    report(start, || handle.render());
}

/// Registers the same series as ours.
fn exporter() {
    static METADATA: Metadata<'_> = Metadata::new("start", Level::INFO, None);
    let catalog = metrics_runtime::catalog();
    let metrics = catalog.metrics().filter(|metric| metric.name().starts_with("start_"));
    let keys: Vec<(Kind, Key)> = metrics.flat_map(|metric| {
        let mut sets: Vec<Vec<Label>> = vec![Vec::new()];
        for label in metric.labels() {
            let with = |set: &Vec<Label>, value| [&set[..], &[Label::from_static_parts(label.name(), value)]].concat();
            sets = sets.iter().flat_map(|set| label.values().iter().map(move |value| with(set, value))).collect();
        }
        let key = |labels| (metric.kind(), Key::from_parts(KeyName::from_const_str(metric.name()), labels));
        sets.into_iter().map(key).collect::<Vec<_>>()
    }).collect();
    let start = processor();
    let exporter = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &[10., 20., 40., 60., 120., 300., 600., 1200.])
        .expect("the buckets are valid")
        .build_recorder();
    for (kind, key) in &keys {
        match kind {
            Kind::Histogram => drop(exporter.register_histogram(key, &METADATA)),
            _ => drop(exporter.register_counter(key, &METADATA)),
        }
    }
    let handle = exporter.handle();
    report(start, || handle.render());
}

fn report(start: f64, page: impl Fn() -> String) {
    let ready = processor();
    let first = page();
    let after_first = processor();
    let second = page();
    let after_second = processor();
    assert!(first.len() > 1000 && second.len() > 1000);
    println!("{} {} {} {}", ready - start, after_first - ready, after_second - after_first, second.len());
}

"#;

pub fn measure() -> Result<Start, String> {
    PROGRAMS.iter().map(of).collect::<Result<_, _>>().map(Start)
}

fn of(program: &'static Program) -> Result<ProgramCost, String> {
    let path = program.build()?;
    let mut runs = [OURS, EXPORTER, PARTS].map(|of| (of, Vec::new()));
    for _ in 0..ROUNDS {
        for (of, runs) in &mut runs {
            runs.push(child::numbers(&child::output(Command::new(&path).arg(*of))?)?);
        }
    }
    let column = |runs: &[Vec<f64>], at: usize| {
        let mut values: Vec<f64> = runs.iter().filter_map(|run| run.get(at).copied()).collect();
        median(&mut values)
    };
    let [ours, exporter, (_, parts)] = runs;
    let cost = |(of, runs): (&'static str, Vec<Vec<f64>>)| StartCost {
        of,
        times: [0, 1, 2].map(|at| column(&runs, at)),
        bytes: column(&runs, 3),
    };
    Ok(ProgramCost {
        program,
        libraries: [ours, exporter].map(cost).into(),
        parts: [0, 1, 2].map(|at| column(&parts, at)),
    })
}

impl Start {
    /// The figures of a library, one for each program.
    fn figures(&self, name: &str, figure: fn(&StartCost) -> f64) -> Vec<f64> {
        self.0.iter().flat_map(|of| of.libraries.iter().filter(|cost| cost.of == name).map(figure)).collect()
    }

    /// Our milliseconds until all series exist, in the slowest program.
    pub fn until_ready(&self) -> f64 {
        self.figures(OURS, |cost| cost.times[0]).into_iter().fold(0.0, f64::max)
    }

    /// Our milliseconds for the first page, in the slowest program.
    pub fn first_page(&self) -> f64 {
        self.figures(OURS, |cost| cost.times[1]).into_iter().fold(0.0, f64::max)
    }

    /// The time of the exporter's first page relative to ours, in the program where it is smallest.
    pub fn exporter(&self) -> f64 {
        let [ours, exporter] = [OURS, EXPORTER].map(|name| self.figures(name, |cost| cost.times[1]));
        ours.iter().zip(&exporter).map(|(ours, exporter)| exporter / ours).fold(f64::INFINITY, f64::min)
    }

    pub fn table(&self) -> String {
        let mut table = format!(
            "A program whose series exist from the start, before anything is recorded; median of {ROUNDS} processes, in \
             milliseconds of the processor, which other load on the machine hardly changes. Each metric has labels; half of the \
             series are counters, and half are histograms of eight buckets. The exporter registers the same series:\n\n"
        );
        table += &head(&["", "metrics", "series", "until they exist", "first page", "second page", "megabytes"]);
        for ProgramCost { program, libraries, .. } in &self.0 {
            for cost in libraries {
                let [ready, first, second] = cost.times.map(|time| format!("{time:.1}"));
                table += &row(&[
                    format!("`{}` {}", cost.of, version(cost.of)),
                    program.metrics().to_string(),
                    program.series().to_string(),
                    ready,
                    first,
                    second,
                    format!("{:.1}", cost.bytes / 1e6),
                ]);
            }
        }
        table += "\nWhat our `init()` does in the time until they exist:\n\n";
        table += &head(&[
            "metrics",
            "calibrates the clock",
            "collects the catalog",
            "checks it",
            "makes the series, and the rest",
        ]);
        for ProgramCost { program, libraries, parts } in &self.0 {
            let rest = libraries[0].times[0] - parts.iter().sum::<f64>();
            let parts = parts.iter().chain([&rest]).map(|part| format!("{part:.1}"));
            table += &row(&[vec![program.metrics().to_string()], parts.collect()].concat());
        }
        table
    }
}
