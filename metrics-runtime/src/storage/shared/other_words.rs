//! The file of another process, which may be writing it, or of processes that have ended.

use std::fmt;
use std::fs::File;
use std::io;
use std::sync::atomic::Ordering;

use super::super::gauge_row;
use super::super::sum_words::{SUM_FLIPS, SUM_LOW, SUM_WORDS, sum_of};
use super::super::sync::{CHUNK, CHUNKS};
use super::header::{Header, NotAHeader};
use super::mapping::{Access, Mapping};
use super::segment::{CHUNKS_IN_SEGMENT, SEGMENT_BYTES};

/// The most segments of a file that is read: 16 GB of words.
const MAX_SEGMENTS: usize = 64 * 1024;
/// How often a sum is read again if it changed meanwhile.
const MAX_READS: usize = 64;

/// The words of another process.
pub(crate) struct OtherWords {
    header: Header,
    segments: Vec<Mapping>,
    /// For each chunk, where it is: the segment, and the place there. Each thread of the process has its own.
    places: Vec<Vec<(usize, usize)>>,
}

/// Why a file cannot be read.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// It is something else, or was damaged.
    Damaged,
    /// Another version of this crate has written it, with this number of its format.
    Format(u64),
    /// The process is of another version of the program.
    Fingerprint,
    /// The system does not give it.
    Io(io::Error),
}

impl OtherWords {
    /// Opens a file as it is now. Segments that come later are not seen.
    pub(crate) fn open(file: &File) -> Result<Self, Unreadable> {
        let metadata = file.metadata().map_err(Unreadable::Io)?;
        let number = usize::try_from(metadata.len()).unwrap_or(usize::MAX) / SEGMENT_BYTES;
        if !metadata.is_file() || number == 0 || number > MAX_SEGMENTS {
            return Err(Unreadable::Damaged);
        }
        let segments: io::Result<Vec<Mapping>> =
            (0..number).map(|number| Mapping::new(file, number, Access::Read)).collect();
        let segments = segments.map_err(Unreadable::Io)?;
        let header = Header::read(&segments[0]).map_err(|problem| match problem {
            NotAHeader::Other => Unreadable::Damaged,
            NotAHeader::Format(format) => Unreadable::Format(format),
        })?;
        let mut this = Self { header, segments, places: vec![Vec::new(); CHUNKS] };
        this.refresh().map(|()| this)
    }

    /// Finds the chunks that are new.
    pub(crate) fn refresh(&mut self) -> Result<(), Unreadable> {
        self.places.iter_mut().for_each(Vec::clear);
        for (at, segment) in self.segments.iter().enumerate() {
            for place in 0..CHUNKS_IN_SEGMENT {
                if let Some(chunk) = segment.tagged(place).map_err(|_| Unreadable::Damaged)? {
                    self.places[chunk].push((at, place));
                }
            }
        }
        Ok(())
    }

    pub(crate) const fn header(&self) -> &Header {
        &self.header
    }

    /// The numbers of the files that were folded into this one, and may still be there.
    pub(crate) fn folded(&self) -> impl Iterator<Item = u64> {
        self.segments[0].folded()
    }

    /// How many chunks of the process are not in its file.
    pub(crate) fn lost_chunks(&self) -> u64 {
        self.segments[0].lost_chunks().load(Ordering::Relaxed)
    }

    /// Each value of one word.
    fn each(&self, at: usize) -> impl Iterator<Item = &std::sync::atomic::AtomicU64> {
        let places = self.places.get(at / CHUNK).into_iter().flatten();
        places.map(move |(segment, place)| &self.segments[*segment].chunk(*place).0[at % CHUNK])
    }

    /// Whether there may be values in the row that begins at this word.
    pub(crate) fn has_chunk(&self, first: usize) -> bool {
        self.places.get(first / CHUNK).is_some_and(|places| !places.is_empty())
    }

    /// The value of a word.
    pub(crate) fn word(&self, at: usize) -> u64 {
        self.each(at).fold(0, |sum, word| sum.wrapping_add(word.load(Ordering::Acquire)))
    }

    /// The gauge in the row that begins at this word.
    pub(crate) fn gauge(&self, first: usize) -> f64 {
        gauge_row::value_of_other(first, |at| self.word(at))
    }

    /// When the gauge in this row was set; zero if it was not.
    pub(crate) fn gauge_was_set_at(&self, first: usize) -> u64 {
        gauge_row::other_was_set_at(first, |at| self.word(at))
    }

    /// Whether any of these words is not zero.
    pub(crate) fn has_values(&self, first: usize, words: usize) -> bool {
        (first..first + words).any(|at| self.word(at) != 0)
    }

    /// The sum at the start of a row.
    pub(crate) fn sum(&self, first: usize) -> u128 {
        let both = self.each(first + SUM_FLIPS).zip(self.each(first + SUM_LOW));
        both.map(|(flips, low)| {
            let mut before = flips.load(Ordering::Acquire);
            // It repeats only if the highest bit flipped meanwhile.
            for _ in 0..MAX_READS {
                let read = low.load(Ordering::Acquire);
                let after = flips.load(Ordering::Acquire);
                if after == before {
                    return sum_of(before, read);
                }
                before = after;
            }
            sum_of(before, low.load(Ordering::Acquire))
        })
        .fold(0, u128::saturating_add)
    }

    /// Adds the words of a row after its sum.
    pub(crate) fn add_to(&self, first: usize, counts: &mut [u64]) {
        for (at, count) in counts.iter_mut().enumerate() {
            *count = count.wrapping_add(self.word(first + SUM_WORDS + at));
        }
    }
}

impl fmt::Debug for OtherWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtherWords")
            .field("header", &self.header)
            .field("segments", &self.segments.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged => f.write_str("it is damaged, or not a file of metrics"),
            Self::Format(format) => write!(f, "it has the format {format}, which this version cannot read"),
            Self::Fingerprint => f.write_str("it is of another version of the program"),
            Self::Io(error) => error.fmt(f),
        }
    }
}
