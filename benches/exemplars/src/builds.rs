//! The benchmark itself, built with other features.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds this program with a feature, or without any, and returns its path.
pub fn build(feature: &str) -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/exemplars").join(feature);
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "--quiet", "--locked", "--features", feature, "--manifest-path"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&folder)
        .status()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if !status.success() {
        return Err(format!("the benchmark cannot be built with the feature `{feature}`"));
    }
    Ok(folder.join("release/exemplars"))
}
