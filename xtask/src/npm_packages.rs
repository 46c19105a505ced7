//! The types of Grafana's dashboards, from npm.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::install_once::{install_once, read_wanted};

/// Installs the packages that `tests/grafana/package-lock.json` names, unless these are installed.
pub(crate) fn install() -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/grafana");
    let lock = folder.join("package-lock.json");
    install_once(&folder.join("node_modules/.installed"), &read_wanted(&lock)?, || {
        println!("installing the packages of npm that {} names", lock.display());
        let status = Command::new("npm")
            .args(["ci", "--ignore-scripts"])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .status()
            .map_err(|error| format!("`npm` does not start: {error}"))?;
        if status.success() {
            return Ok(());
        }
        Err(format!(
            "`npm ci` failed in {} ({status}); the tests need these packages: look at what npm printed, and run this again",
            folder.display()
        ))
    })
}
