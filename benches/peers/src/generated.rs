//! Programs that are written and built for a measurement, because what they contain must not be in this program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a generated program is made of.
pub struct Source<'a> {
    pub name: &'a str,
    /// The lines of `[dependencies]`.
    pub dependencies: &'a str,
    /// Its `main.rs`.
    pub main: &'a str,
}

/// The dependency on the runtime, with these settings in addition: `, default-features = false`.
pub fn runtime(settings: &str) -> Result<String, String> {
    let path = folder("../../metrics-runtime")?;
    Ok(format!("metrics-runtime = {{ path = {path:?}{settings} }}\n"))
}

/// Writes a program and builds it with `--release`. Returns the path of its file.
pub fn build(source: &Source<'_>) -> Result<PathBuf, String> {
    let benches = folder("..")?;
    let (all, name) = (benches.join("target/generated"), source.name);
    let program = all.join(name);
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{}\n[workspace]\n",
        source.dependencies
    );
    write(&program.join("Cargo.toml"), &manifest)?;
    write(&program.join("src/main.rs"), source.main)?;
    // The versions of the dependencies are those of the other measurements.
    let lock =
        fs::read_to_string(benches.join("Cargo.lock")).map_err(|error| format!("cannot read the lock: {error}"))?;
    write(&program.join("Cargo.lock"), &lock)?;
    let target = all.join("target");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--release", "--quiet"]).current_dir(&program).env("CARGO_TARGET_DIR", &target);
    let output = cargo.output().map_err(|error| format!("cannot run cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("{} does not build: {}", program.display(), String::from_utf8_lossy(&output.stderr)));
    }
    Ok(target.join("release").join(name))
}

fn folder(relative: &str) -> Result<PathBuf, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(relative);
    path.canonicalize().map_err(|error| format!("cannot find {}: {error}", path.display()))
}

/// Writes a file. One that has the text already stays as old as it is, so that nothing is built again.
fn write(file: &Path, text: &str) -> Result<(), String> {
    if fs::read_to_string(file).is_ok_and(|known| known == text) {
        return Ok(());
    }
    let written = file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(file, text));
    written.map_err(|error| format!("cannot write {}: {error}", file.display()))
}
