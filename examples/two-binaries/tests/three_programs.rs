//! The library in a program with the toolkit's recorder, in one with another exporter, and its twin that is written with `metrics`:
//! all get the same files, and must show the same numbers.

use std::fs;
use std::process::Command;

use system_tests::{Page, Process, Response, start_on_free_port};
use tempfile::TempDir;

const PROGRAMS: [&str; 3] =
    [env!("CARGO_BIN_EXE_with-endpoint"), env!("CARGO_BIN_EXE_with-exporter"), env!("CARGO_BIN_EXE_plain")];

/// A running program that has searched its files. It is killed when this is dropped.
struct Searched {
    process: Process,
    metrics: String,
}

impl Searched {
    /// Searches these files for a word.
    fn start(program: &str, word: &str, folder: &TempDir, files: &[&str]) -> Self {
        let metrics = |port| format!("http://127.0.0.1:{port}/metrics");
        let start = |port| {
            let mut command = Command::new(program);
            command.arg(word).args(files).current_dir(folder.path());
            Process::start(command.env("METRICS_LISTEN", format!("127.0.0.1:{port}")))
        };
        let (mut process, port) =
            start_on_free_port("the program", start, |port, _| Response::get(&metrics(port)).is_ok());
        let _ = process.wait_for_line("metrics are at");
        Self { process, metrics: metrics(port) }
    }

    /// What it has printed of the files.
    fn answers(&self) -> Vec<String> {
        let printed = self.process.printed();
        printed.lines().filter(|line| !line.starts_with("metrics are at")).map(str::to_owned).collect()
    }

    fn page(&self) -> Page {
        Page::fetch(&self.metrics)
    }
}

#[test]
fn all_have_the_same_series_from_the_start() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let pages = PROGRAMS.map(|program| Searched::start(program, "pear", &folder, &[]).page().own_series());
    assert_eq!(pages[0], pages[1]);
    assert_eq!(pages[0], pages[2]);
    assert!(pages[0].values().all(|value| *value == 0.0), "{:?}", pages[0]);
}

#[test]
fn all_say_what_each_metric_is() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let pages = PROGRAMS.map(|program| Searched::start(program, "pear", &folder, &[]).page());
    for page in &pages {
        for line in pages[2].text().lines().filter(|line| line.starts_with("# ")) {
            assert!(page.text().contains(&format!("{line}\n")), "`{line}` is not in\n{}", page.text());
        }
    }
}

/// Only OpenMetrics has units, and the exporter does not write that format.
#[test]
fn the_page_says_the_units_of_the_metrics_where_its_format_has_them() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let program = Searched::start(PROGRAMS[0], "pear", &folder, &[]);
    let page = Page::fetch_openmetrics(&program.metrics);
    let units: Vec<&str> = page.text().lines().filter_map(|line| line.strip_prefix("# UNIT ")).collect();
    for unit in ["file_bytes bytes", "found_at_ratio ratio", "search_seconds seconds", "split_seconds seconds"] {
        assert!(units.contains(&unit), "{units:?}");
    }
    assert!(!units.iter().any(|unit| unit.starts_with("file_words")), "{units:?}");
}

#[test]
fn all_count_the_same() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).expect("the folder can be written");
    write("fruit.list", b"apple\npear\nplum\nquince\n");
    write("none.list", b"");
    write("story.txt", b"Once upon a time there was a pear.");
    write("poem.txt", b"apple, pear, plum, pear");
    write("picture.txt", &[0xff; 20]);
    let files = ["fruit.list", "none.list", "story.txt", "poem.txt", "picture.txt", "missing.list"];
    for program in PROGRAMS {
        let searched = Searched::start(program, "pear", &folder, &files);
        let (mut answers, page) = (searched.answers(), searched.page());
        let unreadable = answers.split_off(4);
        let not_found = "the file does not have it";
        let found =
            ["fruit.list: 1", &format!("none.list: {not_found}"), &format!("story.txt: {not_found}"), "poem.txt: 3"];
        assert_eq!(answers, found, "{program}");
        assert_eq!(unreadable.len(), 2, "{unreadable:?}");
        assert_eq!(page.exact_values(), include_str!("counts.txt"), "{program}");
    }
}

/// A program that has another exporter must not build a server that it does not use.
#[test]
fn the_library_brings_no_server() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--package", "word-search", "--edges", "normal", "--prefix", "none"])
        .output()
        .expect("cargo runs the tests");
    let tree = String::from_utf8_lossy(&tree.stdout);
    assert!(tree.contains("metrics-runtime v"), "{tree}");
    for server in ["hyper v", "tokio v", "metrics-exporter-prometheus v"] {
        assert!(!tree.contains(server), "{tree}");
    }
}
