//! The number of instructions per call, which does not depend on other load on the machine.

use crate::report::{head, row};
use crate::subjects::{self, ASYNC, PLAIN, SYNC, Subject, forms};
use crate::{callgrind, child};

const CALLS: u32 = 100_000;

/// The numbers of instructions per call over the plain function.
pub struct Instructions {
    sync: Vec<f64>,
    asynchronous: Vec<f64>,
}

/// How the command line names the subject of an async function.
const ASYNC_PREFIX: &str = "async-";

/// The same for a form of ours.
const FORM_PREFIX: &str = "form-";

/// The function in which callgrind counts: only the calls, without the start of the program.
#[inline(never)]
fn counted_calls(call: fn(u32)) {
    for number in 1..=CALLS {
        call(std::hint::black_box(number));
    }
}

/// Runs in a child process.
pub fn run_calls(key: &str) -> Result<(), String> {
    let (subjects, of): (&[Subject], &str) = match (key.strip_prefix(FORM_PREFIX), key.strip_prefix(ASYNC_PREFIX)) {
        (Some(of), _) => (&forms::CALLS, of),
        (None, Some(of)) => (&ASYNC, of),
        (None, None) => (&SYNC, key),
    };
    let subject = subjects.iter().find(|subject| subject.key == of).ok_or_else(|| format!("no subject is `{key}`"))?;
    subjects::set_up();
    // The first calls set up their series.
    (0..100).for_each(subject.call);
    counted_calls(subject.call);
    Ok(())
}

pub fn measure() -> Result<Instructions, String> {
    Ok(Instructions { sync: over_plain(&SYNC, "")?, asynchronous: over_plain(&ASYNC, ASYNC_PREFIX)? })
}

impl Instructions {
    /// Of a subject that is not async.
    pub fn of(&self, key: &str) -> f64 {
        SYNC.iter().zip(&self.sync).find(|(subject, _)| subject.key == key).map_or(f64::NAN, |(_, count)| *count)
    }

    pub fn table(&self) -> String {
        let mut text =
            format!("Instructions per call over the plain function, counted by `callgrind` over {CALLS} calls:\n\n");
        text += &table(&SYNC, &self.sync);
        text += "\nIn an async function, over the plain async function:\n\n";
        text += &table(&ASYNC, &self.asynchronous);
        text
    }
}

fn table(subjects: &[Subject], counts: &[f64]) -> String {
    let mut table = head(&["", "instructions"]);
    for (subject, count) in subjects.iter().zip(counts).filter(|(subject, _)| subject.key != PLAIN) {
        table += &row(&[subject.title(), format!("{count:.0}")]);
    }
    table
}

/// The plain function is the first subject.
fn over_plain(subjects: &[Subject], prefix: &str) -> Result<Vec<f64>, String> {
    let counts = subjects.iter().map(|subject| instructions(&format!("{prefix}{}", subject.key)));
    let counts = counts.collect::<Result<Vec<f64>, String>>()?;
    Ok(counts.iter().map(|count| count - counts[0]).collect())
}

/// The number for one call of a form.
pub fn of_form(key: &str) -> Result<f64, String> {
    instructions(&format!("{FORM_PREFIX}{key}"))
}

fn instructions(key: &str) -> Result<f64, String> {
    let program = child::own_path()?;
    let count = callgrind::count(|command| _ = command.arg(program).args([child::CALLS, key]))?;
    Ok(count / f64::from(CALLS))
}
