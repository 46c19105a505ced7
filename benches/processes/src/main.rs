//! Pages of several processes, beside Prometheus' client for Python in its mode for several processes.
//!
//! ```sh
//! cargo run --release --manifest-path benches/Cargo.toml -p processes
//! ```
//!
//! It writes its section of `docs/performance.md`. It needs `valgrind`, and `python3` with `venv`, in which it installs the
//! client of `requirements.txt`.

#[path = "../../peers/src/callgrind.rs"]
mod callgrind;
mod instructions;
#[path = "../../peers/src/report.rs"]
#[allow(dead_code, reason = "the other benchmark uses the rest")]
mod report;
mod subject;
mod worker;

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::ExitCode;

use report::{Report, head, machine, median, row};
use subject::{Process, Subject};
use tempfile::TempDir;

const PROCESSES: usize = 8;
const SHORT_PROCESSES: usize = 100;
const ROUNDS: usize = 9;
const PAGES: u32 = 20;
const CALLS: u32 = 200_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["worker"] => worker::run(),
        ["instructions", what] => instructions::run(what),
        _ => measure(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// A new folder, in memory where the system has a place for that.
fn folder() -> Result<TempDir, String> {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.map_err(|error| format!("no temporary folder can be made: {error}"))
}

/// What is measured of both.
#[derive(Default)]
struct Figures {
    alone: Vec<f64>,
    one: Vec<f64>,
    all: Vec<f64>,
    after_short: Vec<f64>,
    count_alone: Vec<f64>,
    count: Vec<f64>,
    observe_alone: Vec<f64>,
    observe: Vec<f64>,
    all_kilobytes: f64,
    after_short_kilobytes: f64,
    after_short_files: f64,
}

/// The processes of a subject, while they are measured.
struct Running {
    alone: Process,
    one: (Process, TempDir),
    all: (Vec<Process>, TempDir),
    after_short: (Process, TempDir),
}

impl Running {
    fn start(subject: &Subject) -> Result<Self, String> {
        let one = folder()?;
        let all = folder()?;
        let after_short = folder()?;
        let mut this = Self {
            alone: subject.start(None)?,
            one: (subject.start(Some(one.path()))?, one),
            all: ((0..PROCESSES).map(|_| subject.start(Some(all.path()))).collect::<Result<_, _>>()?, all),
            after_short: (subject.start(Some(after_short.path()))?, after_short),
        };
        for _ in 0..SHORT_PROCESSES {
            subject.start(Some(this.after_short.1.path()))?.end()?;
        }
        // What is fast and wrong would be of no use.
        for (process, expected) in
            [(&mut this.all.0[0], PROCESSES), (&mut this.after_short.0, SHORT_PROCESSES + 1), (&mut this.alone, 1)]
        {
            let sum = process.ask("sum 1")?;
            if (sum - expected as f64).abs() > 0.5 {
                return Err(format!("{}: the sum of {expected} processes is {sum}", subject.name()));
            }
        }
        Ok(this)
    }

    fn measure(&mut self, figures: &mut Figures) -> Result<(), String> {
        let page = format!("page {PAGES}");
        let milliseconds = |process: &mut Process| process.ask(&page).map(|nanoseconds| nanoseconds / 1e6);
        figures.alone.push(milliseconds(&mut self.alone)?);
        figures.one.push(milliseconds(&mut self.one.0)?);
        figures.all.push(milliseconds(&mut self.all.0[0])?);
        figures.after_short.push(milliseconds(&mut self.after_short.0)?);
        let (count, observe) = (format!("count {CALLS}"), format!("observe {CALLS}"));
        figures.count_alone.push(self.alone.ask(&count)?);
        figures.count.push(self.one.0.ask(&count)?);
        figures.observe_alone.push(self.alone.ask(&observe)?);
        figures.observe.push(self.one.0.ask(&observe)?);
        (figures.all_kilobytes, _) = size(self.all.1.path())?;
        (figures.after_short_kilobytes, figures.after_short_files) = size(self.after_short.1.path())?;
        Ok(())
    }
}

/// The kilobytes that the files of a folder take, and their number.
#[allow(clippy::cast_precision_loss, reason = "they are small numbers")]
fn size(folder: &Path) -> Result<(f64, f64), String> {
    let cannot = |error| format!("{} cannot be read: {error}", folder.display());
    let (mut blocks, mut files) = (0, 0_u32);
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        blocks += entry.and_then(|entry| entry.metadata()).map_err(cannot)?.blocks();
        files += 1;
    }
    Ok((blocks as f64 * 512.0 / 1024.0, files.into()))
}

fn measure() -> Result<(), String> {
    let mut report = Report::open()?;
    let subjects = [Subject::ours()?, Subject::python()?];
    let mut running = subjects.iter().map(Running::start).collect::<Result<Vec<_>, _>>()?;
    let mut figures = [Figures::default(), Figures::default()];
    for _ in 0..ROUNDS {
        // In turns, so that other work on the machine meets both.
        for (running, figures) in running.iter_mut().zip(&mut figures) {
            running.measure(figures)?;
        }
    }
    drop(running);
    let [without, with] = instructions::without_and_with_folder()?;
    report.section("processes", &text(&subjects, figures, without, with))
}

fn text(subjects: &[Subject; 2], figures: [Figures; 2], without: f64, with: f64) -> String {
    let [mut ours, mut python] = figures;
    let mut text = format!(
        "{}\n\n20 counters and 10 histograms of eight buckets, each with a label of 10 values, all of which are used. Median of \
         {ROUNDS} rounds of {PAGES} pages and {CALLS} calls, in turns:\n\n",
        machine()
    );
    let titles = subjects.each_ref().map(Subject::name);
    text += &head(&["", &titles[0], &titles[1], "times ours"]);
    let mut add = |name: String, ours: f64, python: f64, digits: usize| {
        let ratio = python / ours;
        text += &row(&[name, format!("{ours:.digits$}"), format!("{python:.digits$}"), format!("{ratio:.1}")]);
    };
    add(
        "a page of one process without a folder, milliseconds".into(),
        median(&mut ours.alone),
        median(&mut python.alone),
        2,
    );
    add("a page of one process with a folder, milliseconds".into(), median(&mut ours.one), median(&mut python.one), 2);
    add(format!("a page of {PROCESSES} processes, milliseconds"), median(&mut ours.all), median(&mut python.all), 2);
    let after = format!("after {SHORT_PROCESSES} processes that have ended");
    add(format!("a page {after}, milliseconds"), median(&mut ours.after_short), median(&mut python.after_short), 2);
    add(format!("the folder of {PROCESSES} processes, KB"), ours.all_kilobytes, python.all_kilobytes, 0);
    add(format!("the folder {after}, KB"), ours.after_short_kilobytes, python.after_short_kilobytes, 0);
    add(format!("its files {after}"), ours.after_short_files, python.after_short_files, 0);
    let alone = [&mut ours.count_alone, &mut python.count_alone].map(|values| median(values));
    add("a counter's increment without a folder, nanoseconds".into(), alone[0], alone[1], 1);
    add(
        "a counter's increment with a folder, nanoseconds".into(),
        median(&mut ours.count),
        median(&mut python.count),
        1,
    );
    let alone = [&mut ours.observe_alone, &mut python.observe_alone].map(|values| median(values));
    add("a histogram's value without a folder, nanoseconds".into(), alone[0], alone[1], 1);
    add(
        "a histogram's value with a folder, nanoseconds".into(),
        median(&mut ours.observe),
        median(&mut python.observe),
        1,
    );
    text += &format!(
        "\nInstructions of a call under `#[timed]` and `#[counted_failure]` over the plain function, counted by `callgrind`: \
         {without:.0} without a folder, {with:.0} with one.\n"
    );
    text
}
