//! The program without its features.

use std::path::Path;
use std::process::Command;

use crate::program::command;

fn cargo(arguments: &[&str]) -> String {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let mut cargo = Command::new(env!("CARGO"));
    let output =
        cargo.args(arguments).args(["--locked", "--no-default-features", "--manifest-path", manifest]).output();
    let output = output.expect("cargo starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_lean_program_has_no_opentelemetry_and_says_which_feature_is_missing() {
    let tree = cargo(&["tree", "--edges", "normal", "--prefix", "none"]);
    assert!(tree.contains("\nreqwest v") && !tree.contains("opentelemetry"), "{tree}");

    // In a folder of its own: the other tests use the program with all features.
    let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/lean");
    cargo(&["build", "--bin", "video-orchestrator", "--target-dir", folder]);
    let program = Path::new(folder).join("debug/video-orchestrator");
    for variable in ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"] {
        let mut lean = Command::new(&program);
        for (name, value) in command(&[(variable, "http://user:hunter2@127.0.0.1:1")]).get_envs() {
            match value {
                Some(value) => lean.env(name, value),
                None => lean.env_remove(name),
            };
        }
        let output = lean.arg("--once").output().expect("it starts");
        let printed = String::from_utf8_lossy(&output.stderr).into_owned();
        let expected =
            format!("error: the environment variable `{variable}` asks for traces, and this program was built without");
        assert!(printed.contains(&expected) && printed.contains("the feature `traces`"), "{printed}");
        assert!(!output.status.success() && !printed.contains("hunter2"), "{printed}");
    }
}
