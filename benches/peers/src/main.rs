//! What a measured call and a page cost, beside other libraries.
//!
//! ```sh
//! cargo run --release --manifest-path benches/Cargo.toml -p peers
//! ```
//!
//! It writes its tables into `docs/performance.md`. Every subject measures the same function: a histogram with eight
//! buckets and one label, and a counter of failures. The subjects run in turns, so that whatever else the machine does
//! falls on all of them, and the median of the rounds counts. What the function costs by itself is taken off.

mod allocator;
mod bars;
mod calls;
mod child;
mod growth;
mod instructions;
mod latency;
mod pages;
mod report;
mod subjects;

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        [] => everything(),
        // What the parent asks of processes of their own.
        [child::OFF] => calls::off(),
        [child::CALLS, subject] => instructions::run_calls(subject),
        [child::GROWTH, subject] => growth::run_samples(subject),
        ["calls"] => calls().map(|calls| println!("{}", calls.tables())),
        ["instructions"] => instructions::table().map(|table| println!("{table}")),
        ["pages"] => {
            println!("{}", pages().table());
            Ok(())
        }
        _ => Err(format!(
            "`{}` is nothing to measure: say `calls`, `instructions`, `pages`, or nothing for all, which \
             writes docs/performance.md",
            words.join(" ")
        )),
    };
    match done {
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
    report.section("instructions", &instructions::table()?)?;
    let pages = pages();
    report.section("pages", &pages.table())?;
    let growth = growth::measure()?;
    report.section("growth", &growth.table())?;
    let latency = latency::measure();
    report.section("latency", &latency.table())?;
    report.section("bars", &bars::table(&calls, &pages, &growth, &latency))?;
    report.section("machine", &report::machine())
}
