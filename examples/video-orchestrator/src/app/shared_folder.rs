//! The folder in which the workers of one machine share their metrics.

use std::env;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// The variable by which the metrics of each worker find it.
pub(super) const VARIABLE: &str = "PROMETHEUS_MULTIPROC_DIR";
/// Only for this user.
const MODE: u32 = 0o700;

#[derive(Debug)]
pub(super) enum SharedFolder {
    /// The user has named it.
    Named(PathBuf),
    /// It was made for this run.
    Temporary(PathBuf),
}

impl SharedFolder {
    /// The folder of the variable, or a new one, in memory where the system has a place for that: counts are written as they
    /// happen.
    pub(super) fn choose() -> anyhow::Result<Self> {
        if let Some(folder) = env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) {
            return Ok(Self::Named(folder.into()));
        }
        let in_memory =
            env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).into_iter().chain([PathBuf::from("/dev/shm")]);
        let temporary = env::temp_dir();
        let made = in_memory.filter(|place| place.is_absolute()).find_map(|place| make_in(&place).ok());
        let folder = made.map_or_else(|| make_in(&temporary), Ok).with_context(|| {
            format!("no folder can be made in `{}`; set `{VARIABLE}` to one for the metrics", temporary.display())
        })?;
        Ok(Self::Temporary(folder))
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Named(path) | Self::Temporary(path) => path,
        }
    }

    /// Removes it, if it was made for this run.
    pub(super) fn remove(self) {
        if let Self::Temporary(path) = self {
            // What is left is small, and the system's places for such folders are emptied at its next start.
            let _ = fs::remove_dir_all(path);
        }
    }
}

fn make_in(place: &Path) -> io::Result<PathBuf> {
    let folder = place.join(format!("video-orchestrator-{:016x}", fastrand::u64(..)));
    DirBuilder::new().mode(MODE).create(&folder)?;
    Ok(folder)
}
