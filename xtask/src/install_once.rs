//! Installations that are done once.

use std::fs;
use std::path::Path;

/// Installs, unless the file `mark` says that `wanted` is installed. The mark is written at the end, so that an installation
/// that was stopped counts as none.
pub(crate) fn install_once(
    mark: &Path,
    wanted: &[u8],
    install: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    if fs::read(mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    install()?;
    fs::write(mark, wanted).map_err(|error| format!("{} cannot be written: {error}", mark.display()))
}

/// The text that says what is wanted.
pub(crate) fn read_wanted(file: &Path) -> Result<Vec<u8>, String> {
    fs::read(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))
}
