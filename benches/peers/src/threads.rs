//! What memory and a page cost when many threads live, and each has recorded in all label sets.

use std::sync::{Arc, Barrier};
use std::time::Instant;

use crate::report::{head, median, row, version};
use crate::subjects::{FLOOR, PLAIN, Record, SYNC, THREADS, TIMED};
use crate::{allocator, calls, child};

const LABEL_SETS: u32 = 10_000;
/// How many threads live when it is measured.
const NUMBERS: [usize; 5] = [1, 4, 16, 64, 512];
const ROUNDS: usize = 15;

pub struct Threads {
    /// For each subject, what it costs with each number of threads.
    costs: Vec<Vec<Cost>>,
    /// The nanoseconds of each of the first subjects of [`SYNC`] over the plain function, on a thread that shares its memory.
    shared: Vec<f64>,
}

struct Cost {
    bytes: f64,
    milliseconds: f64,
}

pub fn measure() -> Result<Threads, String> {
    let mut costs = Vec::new();
    for (name, _) in &THREADS {
        let numbers = child::numbers(&child::run(child::THREADS, Some(name))?)?;
        let cost = |pair: &[f64]| Cost { bytes: pair[0], milliseconds: pair[1] };
        costs.push(numbers.chunks_exact(2).map(cost).collect());
    }
    Ok(Threads { costs, shared: child::numbers(&child::run(child::SHARED, None)?)? })
}

impl Threads {
    /// The memory and the page of ours with so many threads, relative to those with one thread.
    pub fn times_one_thread(&self, threads: usize) -> (f64, f64) {
        let of = |threads| self.costs[0].iter().zip(NUMBERS).find(|(_, number)| *number == threads);
        match (of(threads), of(1)) {
            (Some((many, _)), Some((one, _))) => (many.bytes / one.bytes, many.milliseconds / one.milliseconds),
            _ => (f64::NAN, f64::NAN),
        }
    }

    /// A timed call on a thread that shares its memory, relative to the floor.
    pub fn shared_to_floor(&self) -> f64 {
        let of = |key| SYNC.iter().zip(&self.shared).find(|(subject, _)| subject.key == key);
        match (of(TIMED), of(FLOOR)) {
            (Some((_, timed)), Some((_, floor))) => timed / floor,
            _ => f64::NAN,
        }
    }

    pub fn table(&self) -> String {
        let mut table = format!(
            "Megabytes in use, and milliseconds for a page of {LABEL_SETS} label sets (median of {ROUNDS}), while so many \
             threads live of which each has recorded in every label set:\n\n"
        );
        let mut titles = vec!["threads".to_owned()];
        for (name, _) in &THREADS {
            titles.extend([format!("`{name}` {}: MB", version(name)), "ms".to_owned()]);
        }
        table += &head(&titles.iter().map(String::as_str).collect::<Vec<_>>());
        for (at, number) in NUMBERS.iter().enumerate() {
            let mut cells = vec![number.to_string()];
            for cost in self.costs.iter().filter_map(|costs| costs.get(at)) {
                cells.extend([format!("{:.1}", cost.bytes / 1e6), format!("{:.1}", cost.milliseconds)]);
            }
            table += &row(&cells);
        }
        table += "\nNanoseconds per call over the plain function, on a thread that shares its memory with others:\n\n";
        table += &head(&["", "1 thread"]);
        for (subject, nanoseconds) in SYNC.iter().zip(&self.shared).filter(|(subject, _)| subject.key != PLAIN) {
            table += &row(&[subject.title(), format!("{nanoseconds:.1}")]);
        }
        table
    }
}

/// Runs in a child process: prints the bytes in use and the milliseconds for a page, for each number of threads.
pub fn run_threads(name: &str) -> Result<(), String> {
    let subject = THREADS.iter().find(|(of, _)| *of == name);
    let (_, make) = subject.ok_or_else(|| format!("no subject is `{name}`"))?;
    let before = allocator::live();
    let (record, page) = make();
    with_threads(&record, LABEL_SETS, &NUMBERS, || {
        // The first page moves samples out of buffers.
        drop(page());
        let mut times: Vec<f64> = (0..ROUNDS).map(|_| time(&page)).collect();
        println!("{} {}", allocator::live().saturating_sub(before), median(&mut times));
    });
    Ok(())
}

fn time<T>(page: impl Fn() -> T) -> f64 {
    let start = Instant::now();
    std::hint::black_box(page());
    start.elapsed().as_secs_f64() * 1e3
}

/// Calls `measure` while so many threads live as each number says, which all have recorded.
fn with_threads(record: &Record, label_sets: u32, numbers: &[usize], mut measure: impl FnMut()) {
    let end = Barrier::new(numbers.last().copied().unwrap_or_default() + 1);
    std::thread::scope(|scope| {
        let mut living = 0;
        for &number in numbers {
            let recorded = Arc::new(Barrier::new(number - living + 1));
            for _ in living..number {
                let (recorded, end) = (Arc::clone(&recorded), &end);
                scope.spawn(move || {
                    record(label_sets);
                    recorded.wait();
                    end.wait();
                });
            }
            living = number;
            recorded.wait();
            measure();
        }
        end.wait();
    });
}

/// Runs in a child process: prints the cost of each call over the plain function, on a thread that shares its memory.
pub fn run_shared() -> Result<(), String> {
    let (_, make) = THREADS[0];
    let (record, _) = make();
    // More threads than can own their memory.
    let threads = 8 * std::thread::available_parallelism().map_or(1, usize::from);
    with_threads(&record, 1, &[threads], || {
        for cost in calls::medians(&SYNC[..4], 1) {
            println!("{cost}");
        }
    });
    Ok(())
}
