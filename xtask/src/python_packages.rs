//! The check of Docker Compose's specification, from `PyPI`.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::install_once::{install_once, read_wanted};

/// Installs the packages that `tests/python/requirements.txt` names in an environment of their own, unless these are installed.
pub(crate) fn install() -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/python");
    let requirements = folder.join("requirements.txt");
    let environment = folder.join(".venv");
    install_once(&environment.join(".installed"), &read_wanted(&requirements)?, || {
        println!("installing the packages of PyPI that {} names", requirements.display());
        // Debian's Python: another one on the path may lack the module.
        run(Command::new("/usr/bin/python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
        let pip = environment.join("bin/pip");
        run(Command::new(pip)
            .args(["install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(&requirements))
    })
}

fn run(command: &mut Command) -> Result<(), String> {
    let shown = format!("{command:?}");
    let status = command.stdin(Stdio::null()).status().map_err(|error| format!("{shown} does not start: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown} failed ({status}); the tests need what it installs")) }
}
