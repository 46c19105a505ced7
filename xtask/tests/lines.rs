//! The programs of `examples/` are shorter than their twins, and the documentation says by how much.

use std::path::Path;
use std::process::Command;
use std::{fs, io};

const DOCUMENT: &str = include_str!("../../docs/comparison.md");

fn table() -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("lines").output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn each_program_is_shorter_than_its_twin() {
    let table = table();
    let rows: Vec<Vec<&str>> = table.lines().skip(2).map(|row| row.split('|').map(str::trim).collect()).collect();
    assert_eq!(rows.len(), 3, "{table}");
    for row in rows {
        let [annotated, plain] = [row[2], row[3]].map(|lines| lines.parse::<usize>().expect("a number"));
        assert!(0 < annotated && annotated < plain, "{}: {annotated} lines, and its twin has {plain}", row[1]);
    }
}

#[test]
fn the_documentation_has_these_numbers() {
    assert!(DOCUMENT.contains(&table()), "docs/comparison.md is old: `cargo xtask lines --write` writes it");
}

/// Long lines would make a program look shorter, and rustfmt leaves those of attributes and macros alone.
#[test]
fn no_line_is_longer_than_rustfmt_would_have_it() -> io::Result<()> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut folders = ["web-service", "tenant-worker", "two-binaries"].map(|name| examples.join(name)).to_vec();
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files += 1;
                let source = fs::read_to_string(&path)?;
                let mut code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
                assert_eq!(code.find(|line| line.chars().count() > 120), None, "{}", path.display());
            }
        }
    }
    assert!(files > 20, "{files}");
    Ok(())
}
