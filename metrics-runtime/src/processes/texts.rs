//! The texts of capped labels, in a file that all processes add to: a text has the same place in each of them.

use std::collections::HashMap;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::folder::{Content, Folder, FolderLock};
use super::tokens::{Tokens, push_text};
use crate::declared::SharedTexts;
use crate::definition::FUNCTION_PATH;
use crate::recorder::{Store, StoredMetric};
use crate::vocabulary::Capped;

/// The name of the file.
const NAME: &str = "labels";
/// A function of the program waits here. It comes once for each value.
const LONGEST_WAIT: Duration = Duration::from_millis(250);
/// More than all capped labels of a program can need. What is larger was not written by us.
const MAX_BYTES: u64 = 256 << 20;

/// The texts of all processes.
#[derive(Debug)]
pub(super) struct Texts {
    folder: Folder,
    known: Mutex<Known>,
    has_failed: AtomicBool,
}

/// What was read so far.
#[derive(Debug, Default)]
struct Known {
    /// Up to this byte.
    end: u64,
    /// The texts of each label, by their places.
    of: HashMap<String, Vec<&'static str>>,
}

impl Texts {
    pub(super) fn new(folder: Folder) -> Self {
        Self { folder, known: Mutex::default(), has_failed: AtomicBool::new(false) }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what other processes have added.
    pub(super) fn refresh(&self, _: &FolderLock) -> io::Result<()> {
        let mut file = match self.folder.open_file(NAME, Content::Texts) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut known = self.known();
        if file.metadata()?.len() < known.end {
            // What this process knows would be at other places than what others write now.
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the file of the labels' texts has become shorter"));
        }
        file.seek(SeekFrom::Start(known.end))?;
        let mut bytes = Vec::new();
        file.take(MAX_BYTES).read_to_end(&mut bytes)?;
        known.read(&bytes);
        Ok(())
    }

    /// Gives the values that this process has so far their places, which must be those that they have here.
    ///
    /// # Errors
    ///
    /// Another process has made them in another order: the text says which label.
    pub(super) fn add_all(&self, store: &Store, lock: &FolderLock) -> io::Result<Result<(), String>> {
        self.refresh(lock)?;
        for label in store.metrics().iter().flat_map(StoredMetric::labels) {
            if let Some((path, kept)) = label.capped
                && label.values.get(kept) == Some(&Some(Capped::OTHER))
            {
                self.place_among_known(&other_of(path), Capped::OTHER, 1, lock)?;
            }
            let Some((path, kept)) = label.capped.filter(|(path, _)| *path != FUNCTION_PATH) else { continue };
            for (place, text) in label.values.iter().take(kept).enumerate() {
                let Some(text) = text else { break };
                if self.place_among_known(path, text, kept, lock)? != Some(place) {
                    return Ok(Err(format!(
                        "the label `{}` had the value `{}` before `init()`, and in another process it has another place: \
                         call `init()` before the first value of a capped label is made",
                        label.name,
                        text.escape_debug()
                    )));
                }
            }
        }
        Ok(Ok(()))
    }

    /// The place of a text, which is added if it is not among those that were read. The lock is the one under which they were.
    fn place_among_known(&self, label: &str, text: &str, max: usize, lock: &FolderLock) -> io::Result<Option<usize>> {
        let mut known = self.known();
        let texts = known.of.get(label).map_or(&[][..], Vec::as_slice);
        if let Some(place) = texts.iter().position(|known| *known == text) {
            return Ok(Some(place));
        }
        if texts.len() >= max {
            return Ok(None);
        }
        let mut line = String::new();
        push_text(&mut line, label);
        line.push(' ');
        push_text(&mut line, text);
        line.push('\n');
        let mut file = self.folder.open_to_append(NAME, Content::Texts, lock)?;
        // What a process that was killed has written of a line is written over.
        file.set_len(known.end)?;
        file.seek(SeekFrom::Start(known.end))?;
        file.write_all(line.as_bytes()).inspect_err(|_| _ = file.set_len(known.end))?;
        known.read(line.as_bytes());
        Ok(known.of.get(label).map(|texts| texts.len() - 1))
    }
}

impl Known {
    /// Takes whole lines; the rest comes later.
    fn read(&mut self, bytes: &[u8]) {
        let mut tokens = Tokens::new(bytes);
        while let Some((label, text)) = line(&mut tokens) {
            self.of.entry(label.to_owned()).or_default().push(String::leak(text.to_owned()));
            self.end += tokens.take_read();
        }
    }
}

fn line<'text>(tokens: &mut Tokens<'text>) -> Option<(&'text str, &'text str)> {
    let label = tokens.text()?;
    tokens.expect(b' ')?;
    let text = tokens.text()?;
    tokens.expect(b'\n')?;
    Some((label, text))
}

/// Where it is written that a label has the value `other`. No type has such a path.
fn other_of(label: &str) -> String {
    format!("other of {label}")
}

impl SharedTexts for Texts {
    fn add_other(&self, label: &str) {
        self.place(&other_of(label), Capped::OTHER, 1);
    }

    fn has_other(&self, label: &str) -> bool {
        self.known().of.contains_key(&other_of(label))
    }

    fn place(&self, label: &str, text: &str, max: usize) -> Option<usize> {
        let place = self.folder.lock_within(LONGEST_WAIT).and_then(|lock| {
            self.refresh(&lock)?;
            self.place_among_known(label, text, max, &lock)
        });
        match place {
            Ok(place) => place,
            Err(error) => {
                if !self.has_failed.swap(true, Ordering::Relaxed) {
                    tracing::error!(
                        folder = %self.folder.path().display(),
                        %error,
                        "a new value of a capped label cannot be shared: it is counted as `other`",
                    );
                }
                None
            }
        }
    }

    fn text(&self, label: &str, place: usize) -> Option<&'static str> {
        self.known().of.get(label)?.get(place).copied()
    }
}
