//! This process among the others.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::calls::functions;
use super::description::{Description, fingerprint};
use super::files::Files;
use super::folder::{Content, Folder, FolderProblem, mark_as_alive};
use super::number::{now, process_name, random_number, version_name};
use super::others::Others;
use super::texts::Texts;
use crate::catalog::Catalog;
use crate::declared::{SharedTexts, install_shared_texts};
use crate::definition::{KILLED_CALLS, ProcessesState, set_functions, set_processes_state};
use crate::recorder::Store;
use crate::storage::{Header, OtherWords, WordsFile, share, shared_file};

/// This process among those that share a folder.
#[derive(Debug)]
pub(crate) struct Membership {
    folder: Folder,
    files: Files,
    texts: Arc<Texts>,
    header: Header,
    state: Mutex<State>,
    /// The file of this process, until it is used.
    file: Mutex<Option<WordsFile>>,
}

#[derive(Debug, Default)]
struct State {
    /// What the last page had.
    last: Arc<Others>,
    /// The files that were left out, each of which was logged.
    left_out: BTreeSet<String>,
    /// Whether the folder could not be read, which was logged.
    has_failed: bool,
}

impl Membership {
    /// Makes a file for the words of this process among those that share this folder. It is removed again if this is dropped
    /// before [`join`](Self::join).
    ///
    /// # Errors
    ///
    /// The folder cannot be used, or has no room for the file.
    pub(crate) fn prepare(path: &Path, store: &Arc<Store>, catalog: &Catalog) -> Result<Self, FolderProblem> {
        let folder = Folder::open(path)?;
        let description = Description::of(store, functions(catalog, store));
        let text = description.to_text();
        let header = Header {
            fingerprint: fingerprint(&text),
            number: random_number(),
            pid: std::process::id().into(),
            started: now(),
        };
        set_functions(description.functions.iter().map(|calls| &*calls.function.clone().leak()).collect());
        let texts = Arc::new(Texts::new(folder.clone()));
        let files = Files::new(folder.clone(), header, description, Arc::clone(&texts));
        let this = Self { folder, files, texts, header, state: Mutex::default(), file: Mutex::default() };
        let file = this.create_file(&text, store).map_err(FolderProblem::Io)?.map_err(FolderProblem::Labels)?;
        *this.file() = Some(file);
        Ok(this)
    }

    /// From now on the words of this process lie in its file. It comes before the first series.
    pub(crate) fn join(&self) {
        if let Some(file) = self.file().take() {
            // It is the first: `init` succeeds once.
            let _ = share(file);
            install_shared_texts(Arc::clone(&self.texts) as Arc<dyn SharedTexts>);
        }
    }

    fn file(&self) -> MutexGuard<'_, Option<WordsFile>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn create_file(&self, text: &str, store: &Store) -> io::Result<Result<WordsFile, String>> {
        let lock = self.folder.lock()?;
        if let Err(problem) = self.texts.add_all(store, &lock)? {
            return Ok(Err(problem));
        }
        // It is written anew, in case it was damaged.
        let catalog = version_name(self.header.fingerprint);
        self.folder.replace(&catalog, Content::Catalog, text.as_bytes(), &lock)?;
        // The folder stays small also where nobody asks for a page.
        self.files.read(&lock)?;
        let name = self.name();
        let file = self.folder.create_file(&name, Content::Words, &lock)?;
        let made = mark_as_alive(&file).and_then(|()| WordsFile::create(file, &self.header));
        made.map(Ok).inspect_err(|_| _ = self.folder.remove(&name, Content::Words, &lock))
    }

    /// The values of the other processes, for a page.
    pub(crate) fn others(&self) -> Arc<Others> {
        let read = self.folder.lock().and_then(|lock| {
            self.texts.refresh(&lock)?;
            self.files.read(&lock)
        });
        let mut log: Vec<String> = Vec::new();
        let last = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            match read {
                Ok((others, left_out)) => {
                    state.has_failed = false;
                    let known = std::mem::take(&mut state.left_out);
                    for (file, problem) in left_out {
                        if !known.contains(&file) {
                            log.push(format!("{file}: {problem}"));
                        }
                        state.left_out.insert(file);
                    }
                    state.last = Arc::new(others);
                }
                // The page keeps what it had: without it, counters would go back.
                Err(error) if !state.has_failed => {
                    state.has_failed = true;
                    log.push(error.to_string());
                }
                Err(_) => {}
            }
            let last = Arc::clone(&state.last);
            self.publish(&last, state.left_out.len());
            last
        };
        // A log subscriber may record metrics, so no lock is held here.
        for problem in log {
            tracing::error!(
                folder = %self.folder.path().display(),
                problem,
                "values of other processes cannot be read: they are left out",
            );
        }
        last
    }

    /// Whether another process lives.
    pub(crate) fn has_living_others(&self) -> bool {
        let read = self.folder.lock().and_then(|lock| self.files.read(&lock));
        read.is_ok_and(|(others, _)| others.number() > 0)
    }

    /// What the page shows of the processes themselves.
    fn publish(&self, others: &Others, left_out: usize) {
        let description = self.files.description();
        let rows = description.metric(KILLED_CALLS).into_iter().flat_map(|metric| metric.region.rows());
        set_processes_state(ProcessesState {
            live: 1 + others.number(),
            left_out,
            lost_chunks: others
                .live
                .iter()
                .map(OtherWords::lost_chunks)
                .fold(shared_file().map_or(0, WordsFile::lost_chunks), u64::saturating_add),
            killed: rows.take(description.functions.len()).map(|first| others.count(first)).collect(),
        });
    }

    fn name(&self) -> String {
        process_name(self.header.number)
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        if self.file().is_some() {
            // It has no values yet. If it cannot be removed, a later process finds it empty.
            let _ = self.folder.lock().and_then(|lock| self.folder.remove(&self.name(), Content::Words, &lock));
        }
    }
}
