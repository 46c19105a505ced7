//! The types of Grafana's dashboards, from npm.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Installs the packages that `tests/grafana/package-lock.json` names, unless these are installed.
pub(crate) fn install() -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/grafana");
    let lock = folder.join("package-lock.json");
    let wanted = fs::read(&lock).map_err(|error| format!("{} cannot be read: {error}", lock.display()))?;
    // Written at the end, so that an installation that was stopped counts as none.
    let mark = folder.join("node_modules/.installed");
    if fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("installing the packages of npm that {} names", lock.display());
    let status = Command::new("npm")
        .args(["ci", "--ignore-scripts"])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("`npm` does not start: {error}"))?;
    if !status.success() {
        return Err(format!(
            "`npm ci` failed in {} ({status}); the tests need these packages: look at what npm printed, and run this again",
            folder.display()
        ));
    }
    fs::write(&mark, wanted).map_err(|error| format!("{} cannot be written: {error}", mark.display()))
}
