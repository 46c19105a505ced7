//! The crates that a feature adds to a user's tree, as `docs/reference.md` lists them.

use std::collections::BTreeSet;
use std::process::Command;

/// The crates of the runtime with these features, without the versions.
fn tree(features: &str) -> BTreeSet<String> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["tree", "--package", "metrics-runtime", "--features", features])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}", "--offline", "--locked"])
        .args(["--target", "x86_64-unknown-linux-gnu"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .expect("cargo has started this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("names of crates are ASCII");
    lines.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The crates that the reference lists in the line of a feature.
fn documented(feature: &str) -> BTreeSet<String> {
    let line = include_str!("../../docs/reference.md")
        .lines()
        .find(|line| line.starts_with(&format!("| `{feature}` | no |")))
        .unwrap_or_else(|| panic!("the reference has no line for `{feature}`"));
    let (count, list) = line
        .split_once("It adds ")
        .and_then(|(_, rest)| rest.split_once(" crates: "))
        .unwrap_or_else(|| panic!("`{feature}`: {line}"));
    // Behind it are crates that are in the tree already, in another version.
    let list = list.split(';').next().unwrap_or_default();
    let crates: BTreeSet<String> = list.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    assert_eq!(count, crates.len().to_string(), "{feature}");
    crates
}

#[test]
fn the_reference_lists_the_crates_that_a_feature_adds() {
    let default = tree("");
    let added = |features: &str| -> BTreeSet<String> { tree(features).difference(&default).cloned().collect() };
    for feature in ["opentelemetry", "otlp", "push"] {
        assert_eq!(added(feature), documented(feature));
    }
    assert!(added("exemplars").is_empty());
    // They share what sends.
    assert_eq!(added("otlp,push"), added("otlp"));
}
