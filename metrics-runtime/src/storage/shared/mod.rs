//! Words in files, which other processes read.
//!
//! A file has segments of equal size. A segment has a head and chunks; the head says which chunk is which. The first
//! segment's head also says what file it is. Nothing else is in it: no names and no labels, so that a process which is
//! killed at any moment leaves a file that is right.

mod fork;
mod header;
mod mapping;
mod other_words;
mod segment;
mod words_file;

pub(crate) use header::Header;
pub(crate) use other_words::{OtherWords, Unreadable};
pub(crate) use segment::{MAX_FOLDED, write_segments};
pub(crate) use words_file::WordsFile;
