//! A part of a file: a head, and chunks.

use std::sync::atomic::{AtomicU64, Ordering};

use super::super::chunk::Chunk;
use super::super::sync::{CHUNK, CHUNKS};

/// A segment has 256 KB, which is a multiple of any system's page of memory.
pub(super) const CHUNKS_IN_SEGMENT: usize = 31;
const HEAD_WORDS: usize = 1024;
/// The smallest page of memory that a system has.
const WORDS_IN_PAGE: usize = 512;

/// The first words of the first head are the file's header.
pub(super) const HEADER_WORDS: usize = 16;
const FIRST_TAG: usize = 32;
/// The number of chunks for which the file had no room. They are in the memory of the process.
const LOST_CHUNKS: usize = 63;
/// The word with the number of folded files, which come after it.
const FOLDED: usize = 64;
/// The most files that can be folded into one at once.
pub(crate) const MAX_FOLDED: usize = HEAD_WORDS - FOLDED - 1;

/// In a tag, above the number of the chunk: a word with other bits is not a tag.
const TAG_MARK: u64 = 0x4348_554e << 32;

/// A part of a file, as it lies in memory.
#[repr(C, align(128))]
pub(super) struct Segment {
    head: [AtomicU64; HEAD_WORDS],
    chunks: [Chunk; CHUNKS_IN_SEGMENT],
}

/// The size of a segment in bytes.
pub(super) const SEGMENT_BYTES: usize = size_of::<Segment>();
const _: () = assert!(SEGMENT_BYTES == 256 * 1024);

/// The head holds something that is not a tag.
#[derive(Debug)]
pub(super) struct NotATag;

impl Segment {
    /// A word of the header.
    pub(super) fn header(&self, at: usize) -> &AtomicU64 {
        &self.head[at % HEADER_WORDS]
    }

    /// Says that the chunk at this place is the one with this number.
    pub(super) fn tag(&self, place: usize, chunk: usize) -> &Chunk {
        // `Release`: a reader that finds the chunk finds its words as zero, and not what the file had there before.
        self.head[FIRST_TAG + place].store(TAG_MARK | (chunk as u64 + 1), Ordering::Release);
        &self.chunks[place]
    }

    /// The number of the chunk at this place; `None` if there is none yet.
    pub(super) fn tagged(&self, place: usize) -> Result<Option<usize>, NotATag> {
        let tag = self.head[FIRST_TAG + place].load(Ordering::Acquire);
        if tag == 0 {
            return Ok(None);
        }
        let number = usize::try_from((tag ^ TAG_MARK).wrapping_sub(1)).unwrap_or(usize::MAX);
        if number < CHUNKS { Ok(Some(number)) } else { Err(NotATag) }
    }

    /// How many chunks had no room in the file. It is in the first segment.
    pub(super) fn lost_chunks(&self) -> &AtomicU64 {
        &self.head[LOST_CHUNKS]
    }

    /// Writes to each page of memory what is there. A private page shows what others write until it is written to.
    pub(super) fn copy_pages(&self) {
        let words = self.head.iter().chain(self.chunks.iter().flat_map(|chunk| &chunk.0));
        for word in words.step_by(WORDS_IN_PAGE) {
            word.store(word.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }

    /// The chunk at this place.
    pub(super) fn chunk(&self, place: usize) -> &Chunk {
        &self.chunks[place]
    }

    /// The numbers of the files that were folded into this one, and may still be there.
    pub(super) fn folded(&self) -> impl Iterator<Item = u64> {
        let number = usize::try_from(self.head[FOLDED].load(Ordering::Acquire)).unwrap_or(usize::MAX);
        self.head[FOLDED + 1..].iter().take(number).map(|word| word.load(Ordering::Relaxed))
    }
}

/// The bytes of a file with these chunks. A chunk that is all zero is left out.
pub(crate) fn write_segments(header: [u64; HEADER_WORDS], folded: &[u64], chunks: &[Vec<u64>]) -> Vec<u8> {
    let kept: Vec<(usize, &Vec<u64>)> =
        chunks.iter().enumerate().filter(|(_, words)| words.iter().any(|word| *word != 0)).collect();
    let mut bytes = Vec::new();
    let mut groups: Vec<&[(usize, &Vec<u64>)]> = kept.chunks(CHUNKS_IN_SEGMENT).collect();
    if groups.is_empty() {
        groups.push(&[]);
    }
    for (at, group) in groups.into_iter().enumerate() {
        let mut head = [0; HEAD_WORDS];
        if at == 0 {
            head[..HEADER_WORDS].copy_from_slice(&header);
            head[FOLDED] = folded.len().min(MAX_FOLDED) as u64;
            for (word, number) in head[FOLDED + 1..].iter_mut().zip(folded) {
                *word = *number;
            }
        }
        for (place, (number, _)) in group.iter().enumerate() {
            head[FIRST_TAG + place] = TAG_MARK | (*number as u64 + 1);
        }
        let end = bytes.len() + SEGMENT_BYTES;
        bytes.extend(head.iter().flat_map(|word| word.to_ne_bytes()));
        for (_, words) in group {
            bytes.extend(words.iter().take(CHUNK).flat_map(|word| word.to_ne_bytes()));
        }
        bytes.resize(end, 0);
    }
    bytes
}
