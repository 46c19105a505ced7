//! The cost of a call.

use std::hint::black_box;
use std::sync::Barrier;
use std::time::Instant;

use crate::report::{head, median, row};
use crate::subjects::{self, ASYNC, FLOOR, PLAIN, SYNC, Subject};
use crate::{allocator, child};

const CALLS: u32 = 100_000;
const ROUNDS: usize = 99;
/// The largest number of threads on one series.
const THREADS: usize = 2;

pub struct Calls {
    pub sync: Vec<Cost>,
    pub asynchronous: Vec<Cost>,
    /// Nanoseconds over the plain function with metrics switched off: of `#[timed]`, and of all four attributes.
    pub off: Vec<f64>,
}

/// The cost of a call over the plain function.
pub struct Cost {
    pub key: &'static str,
    title: String,
    /// Nanoseconds, with one thread and with two.
    pub nanoseconds: [f64; 2],
    pub allocations: f64,
}

pub fn measure(off: &str) -> Result<Calls, String> {
    Ok(Calls { sync: costs(&SYNC), asynchronous: costs(&ASYNC), off: child::numbers(off)? })
}

impl Calls {
    pub fn tables(&self) -> String {
        let mut text =
            format!("Nanoseconds per call over the plain function, median of {ROUNDS} rounds of {CALLS} calls:\n\n");
        text += &table(&self.sync);
        text += "\nIn an async function, over the plain async function:\n\n";
        text += &table(&self.asynchronous);
        text += "\nWith `ENABLE_METRICS=false`, nanoseconds over the plain function:\n\n";
        text += &head(&["", "1 thread"]);
        for (name, nanoseconds) in ["`#[timed]`, `#[counted_failure]`", "all four attributes"].iter().zip(&self.off) {
            text += &row(&[(*name).to_owned(), format!("{nanoseconds:.1}")]);
        }
        text
    }
}

/// The cost of one subject relative to another, with one thread (0) or two (1).
pub fn ratio(costs: &[Cost], of: &str, to: &str, threads: usize) -> f64 {
    let cost = |key| costs.iter().find(|cost| cost.key == key).map_or(f64::NAN, |cost| cost.nanoseconds[threads]);
    cost(of) / cost(to)
}

fn table(costs: &[Cost]) -> String {
    let mut table =
        head(&["", "1 thread", "times the floor", "2 threads, one series", "times the floor", "allocations"]);
    for cost in costs.iter().filter(|cost| cost.key != PLAIN) {
        let [one, two] = cost.nanoseconds;
        let to_floor = |threads| ratio(costs, cost.key, FLOOR, threads);
        table += &row(&[
            cost.title.clone(),
            format!("{one:.1}"),
            format!("{:.2}", to_floor(0)),
            format!("{two:.1}"),
            format!("{:.2}", to_floor(1)),
            format!("{:.2}", cost.allocations),
        ]);
    }
    table
}

fn costs(subjects: &[Subject]) -> Vec<Cost> {
    let one = medians(subjects, 1);
    let two = medians(subjects, THREADS);
    let all = subjects.iter().zip(one).zip(two);
    all.map(|((subject, one), two)| Cost {
        key: subject.key,
        title: subject.title(),
        nanoseconds: [one, two],
        allocations: allocations(subject),
    })
    .collect()
}

/// The median cost of each subject over the first subject in the same round, in nanoseconds per call.
pub fn medians(subjects: &[Subject], threads: usize) -> Vec<f64> {
    let mut costs: Vec<Vec<f64>> = subjects.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        let times: Vec<f64> = subjects.iter().map(|subject| round(subject, threads, CALLS)).collect();
        for (costs, time) in costs.iter_mut().zip(&times) {
            costs.push(time - times[0]);
        }
        subjects::between_rounds();
    }
    costs.iter_mut().map(|costs| median(costs)).collect()
}

/// The time per call. Each thread makes the same number of calls.
fn round(subject: &Subject, threads: usize, calls: u32) -> f64 {
    let barrier = Barrier::new(threads);
    let times: Vec<f64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|_| {
                let barrier = &barrier;
                scope.spawn(move || {
                    // The first call of a thread sets up its series.
                    (subject.call)(0);
                    barrier.wait();
                    let start = Instant::now();
                    for number in 1..=calls {
                        (subject.call)(black_box(number));
                    }
                    start.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no subject panics")).collect()
    });
    times.iter().sum::<f64>() / f64::from(u32::try_from(threads).expect("it is a small number"))
}

/// The allocations per call, after the thread's first calls.
fn allocations(subject: &Subject) -> f64 {
    (0..1000).for_each(subject.call);
    let (before, _) = allocator::of_this_thread();
    (0..CALLS).for_each(subject.call);
    let (after, _) = allocator::of_this_thread();
    #[allow(clippy::cast_precision_loss, reason = "it is a small number")]
    let allocations = (after - before) as f64;
    allocations / f64::from(CALLS)
}

/// Runs in a child process with metrics switched off: prints the cost of each over the plain function.
pub fn off() -> Result<(), String> {
    subjects::set_up();
    let subjects = &SYNC[..4];
    for cost in medians(subjects, 1).iter().skip(2) {
        println!("{cost}");
    }
    Ok(())
}
