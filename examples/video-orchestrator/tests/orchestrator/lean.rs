//! The program without its features.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use crate::exemplars::assert_no_exemplars;
use crate::program::{Program, command_of};

fn cargo(arguments: &[&str]) -> String {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let mut cargo = Command::new(env!("CARGO"));
    let output =
        cargo.args(arguments).args(["--locked", "--no-default-features", "--manifest-path", manifest]).output();
    let output = output.expect("cargo starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Builds it, in a folder of its own: the other tests use the program with all features.
fn lean_program() -> PathBuf {
    let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/lean");
    cargo(&["build", "--bin", "video-orchestrator", "--target-dir", folder]);
    Path::new(folder).join("debug/video-orchestrator")
}

#[test]
fn a_lean_program_has_no_opentelemetry_and_says_which_feature_is_missing() {
    let tree = cargo(&["tree", "--edges", "normal", "--prefix", "none"]);
    assert!(tree.contains("\nreqwest v") && !tree.contains("opentelemetry"), "{tree}");

    let program = lean_program();
    for variable in ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"] {
        let mut lean = command_of(&program, &[(variable, "http://user:hunter2@127.0.0.1:1")]);
        let output = lean.arg("--once").output().expect("it starts");
        let printed = String::from_utf8_lossy(&output.stderr).into_owned();
        let expected =
            format!("error: the environment variable `{variable}` asks for traces, and this program was built without");
        assert!(printed.contains(&expected) && printed.contains("the feature `traces`"), "{printed}");
        assert!(!output.status.success() && !printed.contains("hunter2"), "{printed}");
    }
}

#[test]
fn a_lean_program_has_no_exemplars() {
    let program = lean_program();
    let out = tempfile::tempdir().expect("a temporary folder can be made");
    assert_no_exemplars(|arguments| Program::start_built(&program, Arc::new(out), arguments, &[]));
}
