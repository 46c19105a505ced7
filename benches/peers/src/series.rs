//! How memory and the time of a page grow with the number of series.

use std::hint::black_box;

use crate::child;
use crate::memory::anonymous;
use crate::processor_time::processor;
use crate::report::{head, median, row, version};
use crate::subjects::PAGES;

/// Half of the series are counters, and half are histograms.
const SERIES: [u32; 3] = [1_000, 10_000, 100_000];
const ROUNDS: usize = 5;
const PAGES_IN_A_ROUND: usize = 5;

const OURS: &str = "metrics-runtime";
const EXPORTER: &str = "metrics-exporter-prometheus";

pub struct Series(Vec<(&'static str, Vec<SeriesCost>)>);

/// The cost of a library for one number of series.
struct SeriesCost {
    milliseconds: f64,
    bytes_per_series: f64,
}

pub fn measure() -> Result<Series, String> {
    let mut runs: Vec<Vec<[Vec<f64>; 2]>> = PAGES.iter().map(|_| SERIES.map(|_| Default::default()).into()).collect();
    for _ in 0..ROUNDS {
        for (at, series) in SERIES.iter().enumerate() {
            for ((name, _), runs) in PAGES.iter().zip(&mut runs) {
                let printed = child::run(child::SERIES, Some(&format!("{name} {series}")))?;
                for (figures, number) in runs[at].iter_mut().zip(child::numbers(&printed)?) {
                    figures.push(number);
                }
            }
        }
    }
    let cost = |[times, memory]: &mut [Vec<f64>; 2]| SeriesCost {
        milliseconds: median(times),
        bytes_per_series: median(memory),
    };
    Ok(Series(
        PAGES.iter().zip(&mut runs).map(|((name, _), runs)| (*name, runs.iter_mut().map(cost).collect())).collect(),
    ))
}

/// Runs in a child process: prints the milliseconds of a page, and the bytes that the process keeps for a series.
pub fn run_series(subject: &str) -> Result<(), String> {
    let (name, series) = subject.split_once(' ').ok_or("give a name and a number")?;
    let (_, make) = PAGES.iter().find(|(known, _)| *known == name).ok_or_else(|| format!("no subject is `{name}`"))?;
    let series: u32 = series.parse().map_err(|error| format!("`{series}` is not a number: {error}"))?;
    if name == OURS {
        crate::subjects::set_up();
    }
    let before = anonymous()?;
    let page = make(series / 2);
    let memory = (anonymous()? - before) / f64::from(series);
    black_box(page());
    let time = |_| {
        let start = processor();
        let text = black_box(page());
        let milliseconds = processor() - start;
        drop(text);
        milliseconds
    };
    let mut times: Vec<f64> = (0..PAGES_IN_A_ROUND).map(time).collect();
    println!("{} {memory}", median(&mut times));
    Ok(())
}

impl Series {
    fn largest(&self, name: &str) -> f64 {
        let costs = self.0.iter().find(|(known, _)| *known == name);
        costs.and_then(|(_, costs)| costs.last()).map_or(f64::NAN, |cost| cost.milliseconds)
    }

    /// The milliseconds of our page with the most series.
    pub fn ours(&self) -> f64 {
        self.largest(OURS)
    }

    /// The time of the exporter's page with the most series, relative to ours.
    pub fn exporter(&self) -> f64 {
        self.largest(EXPORTER) / self.largest(OURS)
    }

    pub fn table(&self) -> String {
        let mut table = format!(
            "By the number of series, of which half are counters and half are histograms of eight buckets, on one thread; \
             median of {ROUNDS} processes, each with {PAGES_IN_A_ROUND} pages. A page in milliseconds of the processor, which other \
             load on the machine hardly changes:\n\n"
        );
        table += &self.columns(|cost| format!("{:.2}", cost.milliseconds));
        table += "\nMemory that is kept, in bytes per series:\n\n";
        table += &self.columns(|cost| format!("{:.0}", cost.bytes_per_series));
        table
    }

    fn columns(&self, cell: impl Fn(&SeriesCost) -> String) -> String {
        let mut table = head(&["", "1,000 series", "10,000 series", "100,000 series"]);
        for (name, costs) in &self.0 {
            let name = format!("`{name}` {}", version(name));
            table += &row(&[vec![name], costs.iter().map(&cell).collect()].concat());
        }
        table
    }
}
