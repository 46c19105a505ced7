//! The cost of a measured call and of a page, compared with other libraries.
//!
//! ```sh
//! cargo run --release --manifest-path benches/Cargo.toml -p peers
//! ```
//!
//! With the name of a benchmark it runs only that one and prints its table. Otherwise it writes its tables into `docs/performance.md`. Every subject measures the same function with a histogram that has eight
//! buckets and one label, and with a counter of failures. The subjects run in turns, so that other load on the machine affects
//! all of them alike. A result is the median of the rounds, minus the cost of the function itself.

mod allocator;
mod callgrind;
mod calls;
mod child;
mod cold;
mod generated;
mod growth;
mod forms;
mod instructions;
mod latency;
mod memory;
mod others;
mod pages;
mod processor_time;
mod receivers;
mod report;
mod series;
mod size;
mod start;
mod subjects;
mod targets;
mod threads;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        [] => everything(),
        // The parent process starts these as child processes.
        [child::OFF] => calls::off(),
        [child::CALLS, subject] => instructions::run_calls(subject),
        [child::GROWTH, subject] => growth::run_samples(subject),
        [child::RECEIVER, receiver] => receivers::run_calls(receiver),
        [child::THREADS, subject] => threads::run_threads(subject),
        [child::SHARED] => threads::run_shared(),
        [child::SERIES, subject] => series::run_series(subject),
        ["calls"] => calls().map(|calls| println!("{}", calls.tables())),
        ["instructions"] => instructions::measure().map(|counts| println!("{}", counts.table())),
        ["forms"] => forms::measure().map(|forms| println!("{}", forms.table())),
        ["cold"] => {
            subjects::set_up();
            println!("{}", cold::measure().table());
            Ok(())
        }
        ["others"] => {
            subjects::set_up();
            println!("{}", others::measure().table());
            Ok(())
        }
        ["pages"] => {
            println!("{}", pages().table());
            Ok(())
        }
        ["receivers"] => receivers::measure().map(|receivers| println!("{}", receivers.table())),
        ["threads"] => threads::measure().map(|threads| println!("{}", threads.table())),
        ["series"] => series::measure().map(|series| {
            println!("{}\n{}", series.table(), targets::table(vec![targets::of_series(&series)]));
        }),
        ["size"] => size::measure().map(|size| println!("{}", size.table())),
        ["start"] => start::measure().map(|start| {
            println!("{}\n{}", start.table(), targets::table(vec![targets::of_start(&start)]));
        }),
        _ => Err(format!(
            "`{}` is not a benchmark: give `calls`, `cold`, `others`, `instructions`, `forms`, `pages`, `receivers`, `threads`, `series`, \
             `start` or `size`, or no argument to run all and write docs/performance.md",
            arguments.join(" ")
        )),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("peers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn calls() -> Result<calls::Calls, String> {
    subjects::set_up();
    calls::measure(&child::run(child::OFF, None)?)
}

fn pages() -> pages::Pages {
    subjects::set_up();
    pages::measure()
}

fn everything() -> Result<(), String> {
    let mut report = report::Report::open()?;
    let calls = calls()?;
    report.section("calls", &calls.tables())?;
    let cold = cold::measure();
    report.section("cold", &cold.table())?;
    let others = others::measure();
    report.section("others", &others.table())?;
    let instructions = instructions::measure()?;
    report.section("instructions", &instructions.table())?;
    report.section("forms", &forms::measure()?.table())?;
    let pages = pages();
    report.section("pages", &pages.table())?;
    let growth = growth::measure()?;
    report.section("growth", &growth.table())?;
    let latency = latency::measure();
    report.section("latency", &latency.table())?;
    let receivers = receivers::measure()?;
    report.section("receivers", &receivers.table())?;
    let threads = threads::measure()?;
    report.section("threads", &threads.table())?;
    let series = series::measure()?;
    report.section("series", &series.table())?;
    let start = start::measure()?;
    report.section("start", &start.table())?;
    report.section("size", &size::measure()?.table())?;
    let of_calls = targets::of_calls(&targets::Measured {
        calls,
        cold,
        others,
        instructions,
        pages,
        growth,
        latency,
        receivers,
        threads,
    });
    let all = vec![of_calls, targets::of_series(&series), targets::of_start(&start)];
    report.section("targets", &targets::table(all))?;
    report.section("machine", &report::machine())
}
