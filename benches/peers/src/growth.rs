//! Memory where nobody scrapes.

use std::fs;

use crate::child;
use crate::report::{head, row, version};
use crate::subjects::{EXPORTER, SYNC, TIMED};

/// What each is given, and that in millions.
const SUBJECTS: [(&str, &str, u32); 2] =
    [(TIMED, "metrics-runtime", 100), (EXPORTER, "metrics-exporter-prometheus", 10)];

pub struct Growth(Vec<f64>);

impl Growth {
    /// What a hundred million of our samples take, in bytes.
    pub fn ours(&self) -> f64 {
        self.0[0]
    }

    pub fn table(&self) -> String {
        let mut table = "Memory that samples take until somebody scrapes, in a process of its own:\n\n".to_owned();
        table += &head(&["", "samples", "megabytes", "bytes a sample"]);
        for ((_, name, millions), bytes) in SUBJECTS.iter().zip(&self.0) {
            table += &row(&[
                format!("`{name}` {}", version(name)),
                format!("{millions},000,000"),
                format!("{:.1}", bytes / 1e6),
                format!("{:.1}", bytes / 1e6 / f64::from(*millions)),
            ]);
        }
        table
    }
}

pub fn measure() -> Result<Growth, String> {
    let mut growth = Vec::new();
    for (key, _, _) in SUBJECTS {
        growth.extend(child::numbers(&child::run(child::GROWTH, Some(key))?)?);
    }
    Ok(Growth(growth))
}

/// In a process of its own: prints by how many bytes it has grown.
pub fn run_samples(key: &str) -> Result<(), String> {
    let subject = SYNC.iter().find(|subject| subject.key == key);
    let millions = SUBJECTS.iter().find(|(of, _, _)| *of == key).map(|(_, _, millions)| *millions);
    let (Some(subject), Some(millions)) = (subject, millions) else { return Err(format!("no subject is `{key}`")) };
    crate::subjects::set_up();
    (0..1000).for_each(subject.call);
    let before = resident()?;
    for _ in 0..millions {
        (0..1_000_000).for_each(subject.call);
    }
    println!("{}", resident()? - before);
    Ok(())
}

/// The program's memory, in bytes.
fn resident() -> Result<f64, String> {
    let status = fs::read_to_string("/proc/self/status").map_err(|error| format!("cannot read /proc: {error}"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB"));
    let kilobytes = kilobytes.and_then(|number| number.trim().parse::<f64>().ok());
    kilobytes.map(|number| number * 1024.0).ok_or_else(|| "the system does not say how much memory is used".to_owned())
}
