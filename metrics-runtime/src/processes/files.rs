//! The files of all processes: reads those that live, and puts together those that have ended.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read as _};
use std::sync::{Arc, Mutex, PoisonError};

use super::description::{Description, fingerprint};
use super::fold::Totals;
use super::folder::{Content, Folder, FolderLock, has_ended};
use super::number::{is_process_name, process_name, random_number, version_name};
use super::others::Others;
use super::texts::Texts;
use super::translation::Translated;
use crate::storage::{Header, MAX_FOLDED, OtherWords, Unreadable, write_segments};

/// A description of a program is far smaller.
const MAX_DESCRIPTION: u64 = 256 << 20;

/// The files of all processes, seen from this one.
#[derive(Debug)]
pub(super) struct Files {
    folder: Folder,
    own: Header,
    description: Arc<Description>,
    texts: Arc<Texts>,
    /// The descriptions of other versions that were read.
    descriptions: Mutex<BTreeMap<u128, Arc<Description>>>,
}

/// A file that is left out, and why.
pub(super) type LeftOut = (String, Unreadable);

/// The words of one version of the program.
#[derive(Default)]
struct Version {
    live: Vec<OtherWords>,
    /// Of processes that have ended, with the names of their files.
    dead: Vec<(String, OtherWords)>,
}

impl Files {
    pub(super) fn new(folder: Folder, own: Header, description: Description, texts: Arc<Texts>) -> Self {
        Self { folder, own, description: Arc::new(description), texts, descriptions: Mutex::default() }
    }

    pub(super) fn description(&self) -> &Description {
        &self.description
    }

    /// The values of the other processes. The counts of those that have ended are put together on the way.
    pub(super) fn read(&self, lock: &FolderLock) -> io::Result<(Others, Vec<LeftOut>)> {
        let mut left_out = Vec::new();
        let ended = self.other_versions_ended(lock)?;
        let mut versions = self.versions(lock, &mut left_out)?;
        for version in ended {
            versions.entry(version).or_default();
        }
        let mut others = Others::default();
        // This version comes first, because it may take over the counts of others.
        let own = versions.remove(&self.own.fingerprint).unwrap_or_default();
        self.fold(self.own.fingerprint, &self.description, &own.dead, lock)?;
        others.live = own.live;
        for (version, Version { live, dead }) in versions {
            let Some(description) = self.description_of(version) else {
                left_out.push((version_name(version), Unreadable::Fingerprint));
                continue;
            };
            self.fold(version, &description, &dead, lock)?;
            let translate = |words: &OtherWords| Translated::new(words, &description, &self.description, &*self.texts);
            others.translated.extend(live.iter().map(translate));
            let Some(ended) = self.ended(version, &mut left_out)? else { continue };
            if live.is_empty() {
                self.take_over(&ended, &translate(&ended), lock)?;
            } else {
                others.translated_ended.push(translate(&ended));
            }
        }
        others.ended.extend(self.ended(self.own.fingerprint, &mut left_out)?);
        Ok((others, left_out))
    }

    /// The other versions that have counts of processes which have ended. Those that were taken over by a process that was killed
    /// before it had removed them are removed.
    fn other_versions_ended(&self, lock: &FolderLock) -> io::Result<Vec<u128>> {
        let names = self.folder.list(Content::Ended, lock)?;
        let mut versions: Vec<u128> = names.iter().filter_map(|name| u128::from_str_radix(name, 16).ok()).collect();
        versions.retain(|version| *version != self.own.fingerprint);
        if versions.is_empty() {
            return Ok(versions);
        }
        let mut ignored = Vec::new();
        let own = self.ended(self.own.fingerprint, &mut ignored)?;
        let taken: BTreeSet<u64> = own.iter().flat_map(OtherWords::folded).collect();
        let mut kept = Vec::new();
        for version in versions {
            if self.ended(version, &mut ignored)?.is_some_and(|ended| taken.contains(&ended.header().number)) {
                self.remove_version(version, lock)?;
            } else {
                kept.push(version);
            }
        }
        Ok(kept)
    }

    /// Adds the counts of a version that has no process any more to those of this one, so that the folder does not grow with each
    /// version. Metrics that this version does not have are gone.
    fn take_over(&self, ended: &OtherWords, translated: &Translated, lock: &FolderLock) -> io::Result<()> {
        let (own, header) = (self.own.fingerprint, ended.header());
        let mut left_out = Vec::new();
        let before = self.ended(own, &mut left_out)?;
        if !left_out.is_empty() {
            return Ok(());
        }
        let add = |totals: &mut Totals<'_>| totals.add_translated(translated);
        self.write_ended(own, &self.description, before.as_ref(), &[header.number], lock, add)?;
        self.remove_version(header.fingerprint, lock)
    }

    fn remove_version(&self, version: u128, lock: &FolderLock) -> io::Result<()> {
        self.folder.remove(&version_name(version), Content::Ended, lock)?;
        self.folder.remove(&version_name(version), Content::Catalog, lock)
    }

    /// Writes the counts of a version's processes that have ended: those from before, and what `add` adds. With the counts, the file
    /// says whose these are, by the numbers of their files. So a process that is killed before it has removed those files does not
    /// make them count twice.
    fn write_ended(
        &self,
        version: u128,
        description: &Description,
        before: Option<&OtherWords>,
        folded: &[u64],
        lock: &FolderLock,
        add: impl FnOnce(&mut Totals<'_>),
    ) -> io::Result<()> {
        let mut totals = Totals::new(description);
        if let Some(before) = before {
            totals.add(before);
        }
        add(&mut totals);
        let header = Header { fingerprint: version, number: random_number(), ..self.own };
        let bytes = write_segments(header.words(), folded, &totals.into_chunks());
        self.folder.replace(&version_name(version), Content::Ended, &bytes, lock)
    }

    /// The words of each version.
    fn versions(&self, lock: &FolderLock, left_out: &mut Vec<LeftOut>) -> io::Result<BTreeMap<u128, Version>> {
        let mut versions: BTreeMap<u128, Version> = BTreeMap::new();
        let own = process_name(self.own.number);
        for name in self.folder.list(Content::Words, lock)?.into_iter().filter(|name| *name != own) {
            match self.open_words(&name) {
                Ok(Some((true, words))) => {
                    versions.entry(words.header().fingerprint).or_default().dead.push((name, words));
                }
                Ok(Some((false, words))) => versions.entry(words.header().fingerprint).or_default().live.push(words),
                Ok(None) => self.folder.remove(&name, Content::Words, lock)?,
                Err(problem) => left_out.push((name, problem)),
            }
        }
        Ok(versions)
    }

    /// Whether the process of a file has ended, and its words; `None` if the process was killed before it had made the file.
    fn open_words(&self, name: &str) -> Result<Option<(bool, OtherWords)>, Unreadable> {
        let file = self.folder.open_file(name, Content::Words).map_err(Unreadable::Io)?;
        let has_ended = has_ended(&file).map_err(Unreadable::Io)?;
        match OtherWords::open(&file) {
            Ok(words) => Ok(Some((has_ended, words))),
            Err(Unreadable::Damaged) if has_ended && is_process_name(name) && begins_with_zeros(&file) => Ok(None),
            Err(problem) => Err(problem),
        }
    }

    /// What the words of a version mean; `None` if nothing says it.
    fn description_of(&self, version: u128) -> Option<Arc<Description>> {
        if version == self.own.fingerprint {
            return Some(Arc::clone(&self.description));
        }
        let known = || self.descriptions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(description) = known().get(&version) {
            return Some(Arc::clone(description));
        }
        let file = self.folder.open_file(&version_name(version), Content::Catalog).ok()?;
        let mut text = String::new();
        file.take(MAX_DESCRIPTION).read_to_string(&mut text).ok()?;
        if fingerprint(&text) != version {
            return None;
        }
        let description = Arc::new(Description::parse(&text)?);
        known().insert(version, Arc::clone(&description));
        Some(description)
    }

    /// Adds the counts of processes that have ended to the file of all that have, and removes their own.
    fn fold(
        &self,
        version: u128,
        description: &Description,
        dead: &[(String, OtherWords)],
        lock: &FolderLock,
    ) -> io::Result<()> {
        if dead.is_empty() {
            return Ok(());
        }
        let mut left_out = Vec::new();
        let mut ended = self.ended(version, &mut left_out)?;
        if !left_out.is_empty() {
            // It cannot be read, and what is in it must not be lost.
            return Ok(());
        }
        // Those that a process has added which was killed before it had removed their files.
        let known: BTreeSet<u64> = ended.iter().flat_map(OtherWords::folded).collect();
        let (known, new): (Vec<_>, Vec<_>) = dead.iter().partition(|(_, words)| known.contains(&words.header().number));
        known.iter().try_for_each(|(name, _)| self.folder.remove(name, Content::Words, lock))?;
        for new in new.chunks(MAX_FOLDED) {
            let numbers: Vec<u64> = new.iter().map(|(_, words)| words.header().number).collect();
            self.write_ended(version, description, ended.as_ref(), &numbers, lock, |totals| {
                for (_, words) in new {
                    totals.add(words);
                    totals.add_killed(words);
                }
            })?;
            new.iter().try_for_each(|(name, _)| self.folder.remove(name, Content::Words, lock))?;
            ended = self.ended(version, &mut left_out)?;
        }
        Ok(())
    }

    /// The counts of the processes of a version that have ended.
    fn ended(&self, version: u128, left_out: &mut Vec<LeftOut>) -> io::Result<Option<OtherWords>> {
        let name = version_name(version);
        let file = match self.folder.open_file(&name, Content::Ended) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        match OtherWords::open(&file) {
            Ok(words) if words.header().fingerprint == version => Ok(Some(words)),
            Ok(_) => {
                left_out.push((name, Unreadable::Damaged));
                Ok(None)
            }
            Err(problem) => {
                left_out.push((name, problem));
                Ok(None)
            }
        }
    }
}

/// Whether nothing was written at the start of a file.
fn begins_with_zeros(file: &File) -> bool {
    let mut start = Vec::new();
    let is_read = file.take(size_of::<u64>() as u64).read_to_end(&mut start).is_ok();
    is_read && start.iter().all(|byte| *byte == 0)
}
