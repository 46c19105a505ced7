//! The memory that samples take when nothing scrapes.

use crate::child;
use crate::memory::resident;
use crate::report::{head, row, version};
use crate::subjects::{EXPORTER, SYNC, TIMED};

/// The key and the crate of each subject, and how many million samples it records.
const SUBJECTS: [(&str, &str, u32); 2] =
    [(TIMED, "metrics-runtime", 100), (EXPORTER, "metrics-exporter-prometheus", 10)];

pub struct Growth(Vec<f64>);

impl Growth {
    /// The bytes that a hundred million of our samples take.
    pub fn ours(&self) -> f64 {
        self.0[0]
    }

    pub fn table(&self) -> String {
        let mut table =
            "Memory that samples take without a scrape, each measured in a separate process:\n\n".to_owned();
        table += &head(&["", "samples", "megabytes", "bytes per sample"]);
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

/// Runs in a child process: prints by how many bytes the process has grown.
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
