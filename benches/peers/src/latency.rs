//! The time of the slowest calls, with and without pages being made.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::report::{head, median, row};
use crate::subjects::{self, CLOCK, SYNC, TIMED};

const CALLS: u32 = 500_000;
const ROUNDS: usize = 21;

pub struct Latency {
    /// The time that one call in a thousand exceeds, in nanoseconds: without pages, and with pages in a loop.
    p999: [f64; 2],
}

impl Latency {
    pub fn ratio(&self) -> f64 {
        self.p999[1] / self.p999[0]
    }

    pub fn table(&self) -> String {
        let mut table = format!(
            "The time that one call in a thousand under `#[timed]` exceeds (p99.9), including two clock reads; median of \
             {ROUNDS} rounds of {CALLS} calls. With and without another thread that makes pages of 10,000 label sets in a loop:\n\n"
        );
        table += &head(&["", "nanoseconds"]);
        table += &row(&["without pages".to_owned(), format!("{:.0}", self.p999[0])]);
        table += &row(&["while pages are made".to_owned(), format!("{:.0}", self.p999[1])]);
        table
    }
}

/// Call it after [`crate::pages::measure`], so that the page has the label sets of that benchmark.
pub fn measure() -> Latency {
    let mut rounds = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (pages, rounds) in [false, true].into_iter().zip(&mut rounds) {
            rounds.push(round(pages));
        }
    }
    Latency { p999: rounds.map(|mut rounds| median(&mut rounds)) }
}

fn round(pages: bool) -> f64 {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // The other thread runs in both cases, so that the load on the machine is the same.
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                if pages {
                    std::hint::black_box(subjects::render());
                } else {
                    std::hint::spin_loop();
                }
            }
        });
        let p999 = scope.spawn(|| p999_of_calls(CALLS)).join().expect("no subject panics");
        stop.store(true, Ordering::Relaxed);
        p999
    })
}

/// The time that one call in a thousand exceeds, in nanoseconds.
pub fn p999_of_calls(calls: u32) -> f64 {
    let Some(subject) = SYNC.iter().find(|subject| subject.key == TIMED) else { return f64::NAN };
    (0..1000).for_each(subject.call);
    let mut times: Vec<u64> = Vec::with_capacity(calls as usize);
    for number in 0..calls {
        let start = CLOCK.raw();
        (subject.call)(number);
        times.push(CLOCK.delta_as_nanos(start, CLOCK.raw()));
    }
    times.sort_unstable();
    #[allow(clippy::cast_precision_loss, reason = "it is a small number")]
    times.get(times.len() - times.len() / 1000).map_or(f64::NAN, |nanoseconds| *nanoseconds as f64)
}
