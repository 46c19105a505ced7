//! The folder, and its lock.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

/// Nothing is done under the lock that takes long. A process that was stopped there holds it, and a page cannot wait for it.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(1);
/// What others may do in a folder by which they could change our numbers.
const WRITE_OF_OTHERS: u32 = 0o022;
/// Only for the user of the program.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// A folder that only this program writes to.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

/// The lock of the folder; it is free again when this is dropped.
#[derive(Debug)]
pub(super) struct FolderLock(#[expect(dead_code, reason = "its drop frees the lock")] File);

/// Why a folder cannot be used.
#[derive(Debug)]
pub(crate) enum FolderProblem {
    /// It is something else.
    NotAFolder,
    /// Another user has it.
    Owner,
    /// Others may write there.
    Mode(u32),
    /// A label has its values in another order than in other processes.
    Labels(String),
    /// The system does not let this process use it.
    Io(io::Error),
}

/// What a file of the folder is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// The words of one process.
    Words,
    /// The counts of processes that have ended.
    Ended,
    /// What a fingerprint stands for.
    Catalog,
    /// The texts of capped labels.
    Texts,
    /// What a process has left that was killed while it wrote.
    Unfinished,
}

impl Content {
    const fn extension(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Ended => "ended",
            Self::Catalog => "catalog",
            Self::Texts => "texts",
            Self::Unfinished => "new",
        }
    }
}

impl Folder {
    /// Opens the folder, and makes it if it is not there.
    pub(super) fn open(path: &Path) -> Result<Self, FolderProblem> {
        match fs::DirBuilder::new().mode(FOLDER_MODE).create(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(FolderProblem::Io(error)),
            _ => {}
        }
        let metadata = fs::metadata(path).map_err(FolderProblem::Io)?;
        if !metadata.is_dir() {
            return Err(FolderProblem::NotAFolder);
        }
        if metadata.uid() != rustix::process::geteuid().as_raw() {
            return Err(FolderProblem::Owner);
        }
        if metadata.mode() & WRITE_OF_OTHERS != 0 {
            return Err(FolderProblem::Mode(metadata.mode() & 0o7777));
        }
        // A program may change its working folder later.
        let path = fs::canonicalize(path).map_err(FolderProblem::Io)?;
        Ok(Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Waits for the lock.
    pub(super) fn lock(&self) -> io::Result<FolderLock> {
        self.lock_within(LONGEST_WAIT)
    }

    /// Waits for the lock no longer than this.
    pub(super) fn lock_within(&self, limit: Duration) -> io::Result<FolderLock> {
        let file = options().read(true).write(true).create(true).open(self.path.join("lock"))?;
        let begin = Instant::now();
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(FolderLock(file)),
                Err(Errno::WOULDBLOCK | Errno::INTR) if begin.elapsed() < limit => std::thread::sleep(PAUSE),
                Err(Errno::WOULDBLOCK) => {
                    return Err(io::Error::new(
                        io::ErrorKind::TimedOut,
                        "another process holds the lock of the folder",
                    ));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The path of a file of the folder.
    pub(super) fn file(&self, name: &str, content: Content) -> PathBuf {
        self.path.join(name).with_extension(content.extension())
    }

    /// The names of all files with this content.
    pub(super) fn list(&self, content: Content, _: &FolderLock) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == content.extension()) {
                names.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Opens a file for reading. A link is not followed.
    pub(super) fn open_file(&self, name: &str, content: Content) -> io::Result<File> {
        options().read(true).open(self.file(name, content))
    }

    /// Opens a file for writing, and makes it if it is not there.
    pub(super) fn open_to_append(&self, name: &str, content: Content, _: &FolderLock) -> io::Result<File> {
        options().read(true).write(true).create(true).truncate(false).open(self.file(name, content))
    }

    /// Makes a file that is not there yet.
    pub(super) fn create_file(&self, name: &str, content: Content, _: &FolderLock) -> io::Result<File> {
        options().read(true).write(true).create_new(true).open(self.file(name, content))
    }

    /// Writes a file as a whole: a reader sees the old one or the new one.
    pub(super) fn replace(&self, name: &str, content: Content, bytes: &[u8], lock: &FolderLock) -> io::Result<()> {
        use std::io::Write as _;

        let unfinished = self.file(name, Content::Unfinished);
        // One that was left by a process that was killed.
        let _ = fs::remove_file(&unfinished);
        let written = self
            .create_file(name, Content::Unfinished, lock)
            .and_then(|mut file| file.write_all(bytes))
            .and_then(|()| fs::rename(&unfinished, self.file(name, content)));
        written.inspect_err(|_| _ = fs::remove_file(&unfinished))
    }

    pub(super) fn remove(&self, name: &str, content: Content, _: &FolderLock) -> io::Result<()> {
        fs::remove_file(self.file(name, content))
    }
}

/// A link is not followed, and something that is not a file does not block.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[allow(clippy::cast_possible_wrap, reason = "the flags are a few low bits")]
    options.mode(FILE_MODE).custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32);
    options
}

/// Whether the process that has this file has ended.
pub(super) fn has_ended(file: &File) -> io::Result<bool> {
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Marks a file as that of a process that lives, until the file is closed.
pub(super) fn mark_as_alive(file: &File) -> io::Result<()> {
    Ok(flock(file, FlockOperation::NonBlockingLockExclusive)?)
}

impl fmt::Display for FolderProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAFolder => f.write_str("it is not a folder"),
            Self::Owner => f.write_str(
                "it belongs to another user, who could change the numbers; give this program a folder of its own",
            ),
            Self::Mode(mode) => write!(
                f,
                "others may write to it (its mode is {mode:o}), and could change the numbers; take that away with \
                 `chmod go-w`"
            ),
            Self::Labels(problem) => f.write_str(problem),
            Self::Io(error) => error.fmt(f),
        }
    }
}
