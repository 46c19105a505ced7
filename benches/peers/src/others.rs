//! The cost of other crates' calls of the facade's macros: through our recorder, and through `metrics-exporter-prometheus` alone.

use std::hint::black_box;
use std::time::Instant;

use metrics::{Recorder, counter, gauge, histogram};

use crate::report::{head, median, row};
use crate::subjects;

const CALLS: u32 = 10_000;
const ROUNDS: usize = 151;

/// Whether it counts, its name in the table, and the call.
type Macro = (bool, &'static str, fn(u32));

static MACROS: [Macro; 6] = [
    (true, "`counter!(…)`", |_| counter!("others_total").increment(1)),
    (true, "`counter!(…)` with two labels", |_| {
        counter!("others_labels_total", "method" => "GET", "code" => "200").increment(1);
    }),
    (true, "`counter!(…)` with a label that is not constant", |number| {
        counter!("others_dynamic_total", "shard" => SHARDS[number as usize % SHARDS.len()].to_owned()).increment(1);
    }),
    (false, "`gauge!(…)`", |number| gauge!("others_load").set(f64::from(number))),
    (false, "`histogram!(…)`", |number| histogram!("others_seconds").record(f64::from(number))),
    (false, "`histogram!(…)` with a label", |number| {
        histogram!("others_labels_seconds", "method" => "GET").record(f64::from(number));
    }),
];

const SHARDS: [&str; 4] = ["north", "east", "south", "west"];

/// The costs of each call.
pub struct Others(Vec<Cost>);

struct Cost {
    /// Nanoseconds, through the exporter alone and through our recorder.
    nanoseconds: [f64; 2],
    ratio: f64,
}

impl Others {
    /// The largest cost of a counter, relative to the exporter alone.
    pub fn counters(&self) -> f64 {
        self.largest(|is_counter| is_counter)
    }

    /// The largest cost of a gauge or a histogram, relative to the exporter alone.
    pub fn gauges_and_histograms(&self) -> f64 {
        self.largest(|is_counter| !is_counter)
    }

    fn largest(&self, counts: impl Fn(bool) -> bool) -> f64 {
        let costs = MACROS.iter().zip(&self.0).filter(|((is_counter, _, _), _)| counts(*is_counter));
        costs.map(|(_, cost)| cost.ratio).fold(0.0, f64::max)
    }

    pub fn table(&self) -> String {
        let mut table = format!(
            "Nanoseconds per call of another crate, median of {ROUNDS} rounds of {CALLS} calls. The two recorders take turns, and \
             the ratio is the median of the rounds' ratios:\n\n"
        );
        table += &head(&["", "the exporter alone", "through our recorder", "ratio"]);
        for ((_, name, _), Cost { nanoseconds: [alone, ours], ratio }) in MACROS.iter().zip(&self.0) {
            table += &row(&[(*name).to_owned(), format!("{alone:.1}"), format!("{ours:.1}"), format!("{ratio:.2}")]);
        }
        table
    }
}

pub fn measure() -> Others {
    let alone = subjects::exporter_alone();
    Others(MACROS.iter().map(|(_, _, call)| metrics::with_recorder(|ours| cost(alone, ours, *call))).collect())
}

fn cost(alone: &dyn Recorder, ours: &dyn Recorder, call: fn(u32)) -> Cost {
    let (mut times, mut ratios) = ([Vec::new(), Vec::new()], Vec::new());
    for _ in 0..ROUNDS {
        // Both are the thread's own recorder in their turn, so that the facade finds them in the same way.
        let [first, second] = [alone, ours].map(|recorder| metrics::with_local_recorder(recorder, || round(call)));
        times[0].push(first);
        times[1].push(second);
        ratios.push(second / first);
        // Both move the samples of histograms out of their buffers.
        subjects::between_rounds();
        drop(subjects::render());
    }
    Cost { nanoseconds: times.map(|mut times| median(&mut times)), ratio: median(&mut ratios) }
}

/// The time per call.
fn round(call: fn(u32)) -> f64 {
    call(0);
    let start = Instant::now();
    for number in 1..=CALLS {
        call(black_box(number));
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
}
