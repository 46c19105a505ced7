//! This process among the others.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::calls::{CallsOf, functions};
use super::description::{describe, fingerprint};
use super::fold::Totals;
use super::folder::{Content, Folder, FolderLock, FolderProblem, has_ended, mark_as_alive};
use super::others::Others;
use super::texts::Texts;
use crate::catalog::Catalog;
use crate::declared::{SharedTexts, install_shared_texts};
use crate::definition::{KILLED_CALLS, ProcessesState, set_functions, set_processes_state};
use crate::recorder::Store;
use crate::storage::{Header, MAX_FOLDED, OtherWords, Unreadable, WordsFile, share, shared_file, write_segments};

/// This process among those that share a folder.
#[derive(Debug)]
pub(crate) struct Membership {
    folder: Folder,
    store: Arc<Store>,
    header: Header,
    functions: Vec<CallsOf>,
    texts: Arc<Texts>,
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
        let functions = functions(catalog, store);
        let text = describe(store, &functions);
        let header = Header {
            fingerprint: fingerprint(&text),
            number: random_number(),
            pid: std::process::id().into(),
            started: now(),
        };
        set_functions(functions.iter().map(|function| &*function.function.clone().leak()).collect());
        let texts = Arc::new(Texts::new(folder.clone()));
        let this = Self { folder, texts, store: Arc::clone(store), header, functions, state: Mutex::default(), file: Mutex::default() };
        let file = this.create_file(&text).map_err(FolderProblem::Io)?.map_err(FolderProblem::Labels)?;
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

    fn create_file(&self, text: &str) -> io::Result<Result<WordsFile, String>> {
        let lock = self.folder.lock()?;
        if let Err(problem) = self.texts.add_all(&self.store, &lock)? {
            return Ok(Err(problem));
        }
        let catalog = self.fingerprint_name();
        if self.folder.open_file(&catalog, Content::Catalog).is_err() {
            self.folder.replace(&catalog, Content::Catalog, text.as_bytes(), &lock)?;
        }
        // So that the folder is small also where nobody asks for a page.
        let (_, dead) = self.others_and_dead(&lock)?;
        self.fold(&dead, &lock)?;
        let name = self.name();
        let file = self.folder.create_file(&name, Content::Words, &lock)?;
        let made = mark_as_alive(&file).and_then(|()| WordsFile::create(file, &self.header));
        made.map(Ok).inspect_err(|_| _ = self.folder.remove(&name, Content::Words, &lock))
    }

    /// The values of the other processes, for a page.
    pub(crate) fn others(&self) -> Arc<Others> {
        let read = self.read_others();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut log: Vec<String> = Vec::new();
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
        drop(state);
        for problem in log {
            tracing::error!(
                folder = %self.folder.path().display(),
                problem,
                "values of other processes cannot be read; they are left out until they can",
            );
        }
        last
    }

    /// Whether another process lives.
    pub(crate) fn has_living_others(&self) -> bool {
        self.read_others().is_ok_and(|(others, _)| !others.live.is_empty())
    }

    fn read_others(&self) -> io::Result<(Others, Vec<(String, Unreadable)>)> {
        let lock = self.folder.lock()?;
        self.texts.refresh(&lock)?;
        let (mut files, dead) = self.others_and_dead(&lock)?;
        self.fold(&dead, &lock)?;
        if let Some(ended) = self.ended()? {
            files.others.ended.push(ended);
        }
        Ok((files.others, files.left_out))
    }

    /// The words of those that live, and those of processes that have ended since the last time.
    fn others_and_dead(&self, lock: &FolderLock) -> io::Result<(Files, Vec<(String, OtherWords)>)> {
        let mut files = Files::default();
        let mut dead = Vec::new();
        for name in self.folder.list(Content::Words, lock)? {
            if name == self.name() {
                continue;
            }
            let opened = self.folder.open_file(&name, Content::Words).map_err(Unreadable::Io);
            let read = opened.and_then(|file| Ok((has_ended(&file).map_err(Unreadable::Io)?, OtherWords::open(&file)?)));
            match read {
                Ok((_, words)) if words.header().fingerprint != self.header.fingerprint => {
                    files.left_out.push((name, Unreadable::Fingerprint));
                }
                Ok((true, words)) => dead.push((name, words)),
                Ok((false, words)) => files.others.live.push(words),
                Err(problem) => files.left_out.push((name, problem)),
            }
        }
        Ok((files, dead))
    }

    /// Adds the counts of processes that have ended to the file of all that have, and removes their own.
    fn fold(&self, dead: &[(String, OtherWords)], lock: &FolderLock) -> io::Result<()> {
        if dead.is_empty() {
            return Ok(());
        }
        // Those that a process has added which was killed before it had removed their files.
        let known: BTreeSet<u64> = self.ended()?.iter().flat_map(OtherWords::folded).collect();
        let (known, new): (Vec<_>, Vec<_>) = dead.iter().partition(|(_, words)| known.contains(&words.header().number));
        known.iter().try_for_each(|(name, _)| self.folder.remove(name, Content::Words, lock))?;
        for new in new.chunks(MAX_FOLDED) {
            let mut totals = Totals::new(&self.store);
            self.ended()?.iter().for_each(|ended| totals.add(ended));
            for (_, words) in new {
                totals.add(words);
                totals.add_killed(words, &self.functions);
            }
            // With the counts, the file says whose they are: see above.
            let numbers: Vec<u64> = new.iter().map(|(_, words)| words.header().number).collect();
            let bytes = write_segments(self.header.words(), &numbers, &totals.into_chunks());
            self.folder.replace(&self.fingerprint_name(), Content::Ended, &bytes, lock)?;
            new.iter().try_for_each(|(name, _)| self.folder.remove(name, Content::Words, lock))?;
        }
        Ok(())
    }

    /// The counts of the processes that have ended.
    fn ended(&self) -> io::Result<Option<OtherWords>> {
        let file: File = match self.folder.open_file(&self.fingerprint_name(), Content::Ended) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        OtherWords::open(&file).map(Some).map_err(|problem| io::Error::other(problem.to_string()))
    }

    /// What the page shows of the processes themselves.
    fn publish(&self, others: &Others, left_out: usize) {
        let killed = self.store.metrics().iter().find(|metric| metric.name == KILLED_CALLS);
        let rows = killed.and_then(|metric| metric.region).into_iter().flat_map(|region| {
            region.rows().map(|first| others.ended.iter().map(|words| words.word(first)).sum()).collect::<Vec<u64>>()
        });
        set_processes_state(ProcessesState {
            live: 1 + others.live.len(),
            left_out,
            lost_chunks: shared_file().map_or(0, WordsFile::lost_chunks)
                + others.live.iter().map(OtherWords::lost_chunks).sum::<u64>(),
            killed: rows.take(self.functions.len()).collect(),
        });
    }

    fn name(&self) -> String {
        format!("{:016x}", self.header.number)
    }

    fn fingerprint_name(&self) -> String {
        format!("{:032x}", self.header.fingerprint)
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

#[derive(Default)]
struct Files {
    others: Others,
    left_out: Vec<(String, Unreadable)>,
}

/// A number that no other process of the folder has: its file is made only if there is none of this name.
fn random_number() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};

    RandomState::new().hash_one((std::process::id(), now()))
}

/// Milliseconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
