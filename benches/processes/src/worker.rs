//! A process with metrics, which reads commands, a line each. `worker.py` does the same in Python.

use std::io::{self, BufRead as _};
use std::time::Instant;

use metrics_runtime::{Handle, Label, declare_metrics};

#[derive(Clone, Copy, Label)]
enum Part {
    P0,
    P1,
    P2,
    P3,
    P4,
    P5,
    P6,
    P7,
    P8,
    P9,
}

const PARTS: [Part; 10] =
    [Part::P0, Part::P1, Part::P2, Part::P3, Part::P4, Part::P5, Part::P6, Part::P7, Part::P8, Part::P9];

/// Twenty counters and ten histograms of eight buckets.
macro_rules! metrics {
    ($($counter:ident $counter_name:literal)* ; $($histogram:ident $histogram_name:literal)*) => {
        declare_metrics! {
            $(
                /// A counter.
                counter $counter = $counter_name, labels(part: Part);
            )*
            $(
                /// A histogram.
                histogram $histogram = $histogram_name, labels(part: Part),
                    buckets(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5);
            )*
        }

        fn touch() {
            for part in PARTS {
                $($counter.with(part).increment(1);)*
                $($histogram.with(part).observe(0.25);)*
            }
        }
    };
}

metrics! {
    C00 "bench_00_total" C01 "bench_01_total" C02 "bench_02_total" C03 "bench_03_total" C04 "bench_04_total"
    C05 "bench_05_total" C06 "bench_06_total" C07 "bench_07_total" C08 "bench_08_total" C09 "bench_09_total"
    C10 "bench_10_total" C11 "bench_11_total" C12 "bench_12_total" C13 "bench_13_total" C14 "bench_14_total"
    C15 "bench_15_total" C16 "bench_16_total" C17 "bench_17_total" C18 "bench_18_total" C19 "bench_19_total";
    H00 "bench_00_seconds" H01 "bench_01_seconds" H02 "bench_02_seconds" H03 "bench_03_seconds" H04 "bench_04_seconds"
    H05 "bench_05_seconds" H06 "bench_06_seconds" H07 "bench_07_seconds" H08 "bench_08_seconds" H09 "bench_09_seconds"
}

/// Runs until its input ends.
pub fn run() -> Result<(), String> {
    let handle = metrics_runtime::builder().no_listener().init().map_err(|error| error.to_string())?;
    touch();
    println!("ready");
    for line in io::stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        let (command, number) = line.split_once(' ').unwrap_or((&line, "0"));
        let number: u32 = number.parse().map_err(|error| format!("`{line}`: {error}"))?;
        println!("{}", answer(command, number, &handle)?);
    }
    Ok(())
}

fn answer(command: &str, number: u32, handle: &Handle) -> Result<f64, String> {
    match command {
        "page" => Ok(nanoseconds(number, || _ = std::hint::black_box(handle.render()))),
        "count" => Ok(nanoseconds(number, || C00.with(std::hint::black_box(Part::P0)).increment(1))),
        "observe" => {
            Ok(nanoseconds(number, || H00.with(std::hint::black_box(Part::P0)).observe(std::hint::black_box(0.25))))
        }
        "sum" => {
            let page = handle.render();
            let value = page.lines().find_map(|line| line.strip_prefix("bench_00_total{part=\"p0\"} "));
            value.and_then(|value| value.parse().ok()).ok_or_else(|| format!("no counter on\n{page}"))
        }
        _ => Err(format!("there is no command `{command}`")),
    }
}

fn nanoseconds(number: u32, mut work: impl FnMut()) -> f64 {
    let start = Instant::now();
    (0..number).for_each(|_| work());
    start.elapsed().as_secs_f64() * 1e9 / f64::from(number)
}
