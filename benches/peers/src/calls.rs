//! The cost of a call.

mod subjects;

use std::hint::black_box;
use std::sync::Barrier;
use std::time::Instant;

use subjects::{ASYNC_SUBJECTS, SUBJECTS, Subject};

const CALLS: u32 = 200_000;
const ROUNDS: usize = 99;
/// The largest number of threads on one series.
const THREADS: usize = 2;

pub fn run() {
    table("Nanoseconds a call over the plain function", &SUBJECTS);
    table("Nanoseconds a call over the plain async function", &ASYNC_SUBJECTS);
}

/// The first subject is the function alone, the second the floor.
fn table(title: &str, subjects: &[Subject]) {
    println!("{title}, median of {ROUNDS} rounds of {CALLS} calls:\n");
    println!("| | 1 thread | times the floor | {THREADS} threads, one series | times the floor |");
    println!("| --- | --- | --- | --- | --- |");
    let one = medians(subjects, 1);
    let two = medians(subjects, THREADS);
    for (at, Subject { name, .. }) in subjects.iter().enumerate().skip(1) {
        let ([one_plain, one_floor, ..], [two_plain, two_floor, ..]) = (&one[..], &two[..]) else { return };
        let (one, two) = (one[at] - one_plain, two[at] - two_plain);
        let (one_ratio, two_ratio) = (one / (one_floor - one_plain), two / (two_floor - two_plain));
        println!("| {name} | {one:.1} | {one_ratio:.2} | {two:.1} | {two_ratio:.2} |");
    }
    println!();
}

/// The median of each subject, in nanoseconds a call.
fn medians(subjects: &[Subject], threads: usize) -> Vec<f64> {
    let mut times: Vec<Vec<f64>> = subjects.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for (subject, times) in subjects.iter().zip(&mut times) {
            times.push(round(subject, threads));
        }
    }
    times.iter_mut().map(|times| median(times)).collect()
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The time a call, where each thread makes as many.
fn round(subject: &Subject, threads: usize) -> f64 {
    let barrier = Barrier::new(threads);
    let times: Vec<f64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|_| {
                let barrier = &barrier;
                scope.spawn(move || {
                    // The first call of a thread finds its place.
                    (subject.call)(0);
                    barrier.wait();
                    let start = Instant::now();
                    for number in 1..=CALLS {
                        (subject.call)(black_box(number));
                    }
                    start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no subject panics")).collect()
    });
    times.iter().sum::<f64>() / f64::from(u32::try_from(threads).expect("it is a small number"))
}
