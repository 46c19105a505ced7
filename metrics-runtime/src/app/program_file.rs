//! The file of the running program.

use std::ffi::OsStr;
use std::path::Path;

/// Its name; `None` if the system does not tell it.
#[cfg(feature = "otlp")]
pub(super) fn program_file_name() -> Option<String> {
    part(Path::file_name)
}

/// Its name without an extension.
pub(super) fn program_file_stem() -> Option<String> {
    part(Path::file_stem)
}

fn part(of: impl Fn(&Path) -> Option<&OsStr>) -> Option<String> {
    let path = std::env::current_exe().ok()?;
    let name = of(&path)?.to_string_lossy().into_owned();
    Some(name).filter(|name| !name.is_empty())
}
