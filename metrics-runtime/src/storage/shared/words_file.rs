//! The file of this process.

use std::fs::File;
use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use super::super::chunk::Chunk;
use super::fork;
use super::header::Header;
use super::mapping::{Access, Mapping};
use super::segment::{CHUNKS_IN_SEGMENT, SEGMENT_BYTES, Segment};

/// The file that the chunks of this process lie in. It is locked while the process lives.
pub(crate) struct WordsFile {
    first: &'static Segment,
    state: Mutex<State>,
}

struct State {
    file: File,
    segments: usize,
    last: &'static Segment,
    /// The number of chunks in the last segment.
    used: usize,
}

impl WordsFile {
    /// Makes a new and empty file to one of words.
    ///
    /// # Errors
    ///
    /// There is no room for it.
    pub(crate) fn create(file: File, header: &Header) -> io::Result<Self> {
        let first = add_segment(&file, 0)?;
        header.write(first);
        Ok(Self { first, state: Mutex::new(State { file, segments: 1, last: first, used: 0 }) })
    }

    /// From now on, a child that is forked has a copy of the words.
    pub(in super::super) fn copy_in_children(&self) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        fork::add(self.first);
        fork::copy_in_children(&state.file);
    }

    /// A chunk in the file; `None` if there is no room for it.
    pub(in super::super) fn chunk(&self, number: usize) -> Option<&'static Chunk> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.used == CHUNKS_IN_SEGMENT {
            let added = match state.segments {
                fork::MAX_SEGMENTS.. => Err(io::ErrorKind::FileTooLarge.into()),
                segments => add_segment(&state.file, segments),
            };
            match added {
                Ok(segment) => {
                    fork::add(segment);
                    state.last = segment;
                    state.segments += 1;
                    state.used = 0;
                }
                Err(error) => {
                    drop(state);
                    // A log subscriber may record metrics, so no lock is held here.
                    if self.first.lost_chunks().fetch_add(1, Ordering::Relaxed) == 0 {
                        tracing::error!(
                            %error,
                            "the file of this process's metrics cannot grow: values of new series are in its own memory, \
                             where other processes do not see them",
                        );
                    }
                    return None;
                }
            }
        }
        let place = state.used;
        state.used += 1;
        Some(state.last.tag(place, number))
    }

    /// How many chunks had no room in the file, so that other processes do not see them.
    pub(crate) fn lost_chunks(&self) -> u64 {
        self.first.lost_chunks().load(Ordering::Relaxed)
    }
}

/// Adds a segment at the end of a file that has so many. Its space is reserved before it is mapped: a write into a hole of a
/// file kills the process where the disk is full.
fn add_segment(file: &File, segments: usize) -> io::Result<&'static Segment> {
    let offset = segments as u64 * SEGMENT_BYTES as u64;
    reserve(file, offset).inspect_err(|_| {
        // What was reserved is given back, so that the file has whole segments. If that fails, readers leave out the rest.
        let _ = file.set_len(offset);
    })?;
    Ok(Mapping::new(file, segments, Access::ReadAndWrite)?.leak())
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn reserve(file: &File, offset: u64) -> io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    use rustix::io::Errno;

    loop {
        match fallocate(file, FallocateFlags::empty(), offset, SEGMENT_BYTES as u64) {
            Ok(()) => return Ok(()),
            Err(Errno::INTR) => {}
            // Some file systems cannot reserve space.
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => return write_zeros(file, offset),
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn reserve(file: &File, offset: u64) -> io::Result<()> {
    write_zeros(file, offset)
}

fn write_zeros(file: &File, offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, &vec![0; SEGMENT_BYTES], offset)
}

impl std::fmt::Debug for WordsFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WordsFile").field("lost_chunks", &self.lost_chunks()).finish_non_exhaustive()
    }
}
