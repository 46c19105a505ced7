//! The list of metrics, which needs no running program.

use serde_json::Value;
use system_tests::promtool;

use crate::program::command;

fn catalog(arguments: &[&str]) -> String {
    let output = command(&[]).arg("catalog").args(arguments).output().expect("the program starts");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("it is text")
}

#[test]
fn the_readme_has_the_number_of_series() {
    let readme = include_str!("../../README.md");
    let table = catalog(&[]);
    let total = table.lines().last().expect("the table has a last line");
    assert!(readme.contains(total), "the README does not say `{total}`");
}

#[test]
fn the_sum_of_the_series_is_correct_and_the_sites_are_listed() {
    let all: Value = serde_json::from_str(&catalog(&["--format", "json"])).expect("it is JSON");
    let metrics = all["metrics"].as_array().expect("it lists metrics");
    let sum: u64 = metrics.iter().filter_map(|metric| metric["max_series"].as_u64()).sum();
    assert_eq!(all["max_series"].as_u64(), Some(sum));
    let image =
        metrics.iter().find(|metric| metric["name"] == "image_generation_seconds").expect("the metric is listed");
    // 2 steps, 5 workflows, 8 buckets with +Inf, sum and count.
    assert_eq!(image["max_series"], 2 * 5 * 11);
    assert_eq!(image["sites"][0]["item"], "generate_image");
    assert!(image["sites"][0]["file"].as_str().is_some_and(|file| file.ends_with("worker.rs")));
    assert!(metrics.iter().all(|metric| metric["max_series"].as_u64() <= metric["budget"].as_u64()));
}

#[test]
fn prometheus_takes_the_rules_and_each_alert_fires() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let _ = catalog(&["--write", folder.path().to_str().expect("its path is text")]);
    for arguments in [
        ["check", "rules", "--lint-fatal", "alerts.rules.yml", "recording.rules.yml"].as_slice(),
        ["test", "rules", "alerts.test.yml"].as_slice(),
    ] {
        if let Err(problem) = promtool(folder.path(), arguments) {
            panic!("{arguments:?}: {problem}");
        }
    }
}
