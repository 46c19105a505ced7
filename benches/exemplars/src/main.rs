//! What exemplars add to a measured call, in instructions, which do not depend on other load on the machine.
//!
//! ```sh
//! cargo run --release --manifest-path benches/Cargo.toml -p exemplars
//! ```
//!
//! It builds itself with and without the features, and writes its section of `docs/performance.md`. It needs `valgrind`.

#[path = "../../peers/src/callgrind.rs"]
mod callgrind;
#[path = "../../peers/src/report.rs"]
#[allow(dead_code, reason = "another benchmark uses the rest")]
mod report;
mod builds;
mod calls;
mod table;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["calls", subject, place] => calls::run(subject, place),
        _ => table::write(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}
