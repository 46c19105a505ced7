//! `cargo xtask lines`: how long the programs of `examples/` are beside the same programs that are written with `metrics`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::counted_lines::counted_lines;

/// A program, its twin and what both use, each as files and folders below `examples/`.
struct Pair {
    name: &'static str,
    annotated: &'static [&'static str],
    plain: &'static [&'static str],
    shared: &'static [&'static str],
}

const PAIRS: [Pair; 3] = [
    Pair {
        name: "web-service",
        annotated: &["web-service/src/annotated"],
        plain: &["web-service/src/plain"],
        shared: &["web-service/src/shared"],
    },
    Pair {
        name: "tenant-worker",
        annotated: &["tenant-worker/src/annotated"],
        plain: &["tenant-worker/src/plain"],
        shared: &["tenant-worker/src/shared"],
    },
    Pair {
        name: "two-binaries",
        annotated: &[
            "two-binaries/library/src",
            "two-binaries/src/with_endpoint.rs",
            "two-binaries/src/with_exporter.rs",
        ],
        plain: &["two-binaries/plain-library/src", "two-binaries/src/plain.rs"],
        shared: &[],
    },
];

const DOCUMENT: &str = "docs/comparison.md";
const BEGIN: &str = "<!-- written by `cargo xtask lines --write` -->\n";
const END: &str = "<!-- end -->";

/// Prints the table; with `--write` writes it into the documentation.
pub(crate) fn run(arguments: &[&str]) -> Option<Result<(), String>> {
    match arguments {
        [] => Some(table().map(|table| print!("{table}"))),
        ["--write"] => Some(table().and_then(|table| write(&table))),
        _ => None,
    }
}

fn table() -> Result<String, String> {
    let row = |Pair { name, annotated, plain, shared }: &Pair| {
        let [annotated, plain, shared] = [annotated, plain, shared].map(|places| lines_of(places));
        Ok(format!("| [`{name}`](../examples/{name}) | {} | {} | {} |\n", annotated?, plain?, shared?))
    };
    let rows = PAIRS.iter().map(row).collect::<Result<Vec<String>, String>>()?;
    Ok(format!(
        "| program | with attributes | with `metrics` | shared by both |\n| --- | --- | --- | --- |\n{}",
        rows.concat()
    ))
}

fn write(table: &str) -> Result<(), String> {
    let file = repository().join(DOCUMENT);
    let text = read(&file)?;
    let parts = text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.ok_or_else(|| format!("{DOCUMENT} has no place for the table"))?;
    fs::write(&file, format!("{before}{BEGIN}\n{table}\n{END}{after}"))
        .map_err(|error| format!("{} cannot be written: {error}", file.display()))
}

fn lines_of(places: &[&str]) -> Result<usize, String> {
    places.iter().map(|place| lines_in(&repository().join("examples").join(place))).sum()
}

/// The lines of a file, or of all files below a folder.
fn lines_in(place: &Path) -> Result<usize, String> {
    if !place.is_dir() {
        return Ok(counted_lines(&read(place)?));
    }
    let unreadable = |error| format!("{} cannot be read: {error}", place.display());
    let entries = fs::read_dir(place).map_err(unreadable)?;
    entries.map(|entry| lines_in(&entry.map_err(unreadable)?.path())).sum()
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
