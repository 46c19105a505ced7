//! Where chunks get their memory: from this process, or from a file that other processes read.

use super::chunk::Chunk;
#[cfg(unix)]
use super::shared::WordsFile;
#[cfg(unix)]
use super::sync::OnceLock;

#[cfg(unix)]
static FILE: OnceLock<WordsFile> = OnceLock::new();

/// From now on, chunks lie in this file. It must come before the first value: a chunk stays where it is.
///
/// # Errors
///
/// There is a file already.
#[cfg(unix)]
pub(crate) fn share(file: WordsFile) -> Result<(), WordsFile> {
    FILE.set(file)?;
    if let Some(file) = FILE.get() {
        file.copy_in_children();
    }
    Ok(())
}

/// The file that the chunks of this process lie in.
#[cfg(unix)]
pub(crate) fn shared_file() -> Option<&'static WordsFile> {
    FILE.get()
}

/// Whether other processes read the words.
pub(super) fn is_shared() -> bool {
    #[cfg(unix)]
    return FILE.get().is_some();
    #[cfg(not(unix))]
    false
}

/// The time for other processes, in nanoseconds since 1970.
pub(super) fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// The memory for a chunk. It lives as long as the program.
pub(super) fn chunk(number: usize) -> &'static Chunk {
    #[cfg(unix)]
    if let Some(chunk) = FILE.get().and_then(|file| file.chunk(number)) {
        return chunk;
    }
    #[cfg(not(unix))]
    let _ = number;
    Chunk::in_memory()
}
