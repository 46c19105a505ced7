//! Writes `docs/performance.md`: each table stands between two markers and is replaced there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Report {
    path: PathBuf,
}

impl Report {
    pub fn open() -> Result<Self, String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/performance.md");
        let path = path.canonicalize().map_err(|error| format!("cannot find {}: {error}", path.display()))?;
        Ok(Self { path })
    }

    /// Prints the text, and replaces what stands between the section's markers with it.
    pub fn section(&mut self, name: &str, text: &str) -> Result<(), String> {
        println!("{text}");
        let path = self.path.display();
        let page = fs::read_to_string(&self.path).map_err(|error| format!("cannot read {path}: {error}"))?;
        let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
        let parts = page.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
        let (before, after) =
            parts.ok_or_else(|| format!("{path} has no markers `{name}: begin` and `{name}: end`"))?;
        let page = format!("{before}{begin}\n{}\n\n{end}{after}", text.trim());
        fs::write(&self.path, page).map_err(|error| format!("cannot write {path}: {error}"))
    }
}

/// The version of a crate that was measured.
pub fn version(name: &str) -> &'static str {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let lock = include_str!("../../Cargo.lock");
    // If two crates have this name, the later one is the subject; the other is a dependency of another subject.
    let version = lock.rsplit_once(&entry).and_then(|(_, rest)| rest.split_once('"'));
    version.map_or("?", |(version, _)| version)
}

/// The machine and the compiler of the measurement.
pub fn machine() -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let of = |key: &str| {
        let line = processors.lines().find(|line| line.starts_with(key));
        line.and_then(|line| line.split_once(':'))
            .map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned())
    };
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc =
        rustc.map_or_else(|_| "rustc".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    format!("Measured on {} ({threads} processors, {} MHz), with {rustc}.", of("model name"), of("cpu MHz"))
}

/// A row of a table.
pub fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// The head of a table.
pub fn head(cells: &[&str]) -> String {
    let rule = vec!["---"; cells.len()].join(" | ");
    format!("| {} |\n| {rule} |\n", cells.join(" | "))
}

/// The median; it sorts the values.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
