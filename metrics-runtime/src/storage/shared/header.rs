//! What a file says of itself.

use std::sync::atomic::Ordering;

use super::segment::{HEADER_WORDS, Segment};

/// The first word: other files begin differently, also those of a machine with another order of bytes.
const MAGIC: u64 = u64::from_ne_bytes(*b"mtrwords");
/// The meaning of all words. Another one is another format.
const FORMAT: u64 = 1;

/// What a file says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// The fingerprint of the catalog, which says what the words mean.
    pub(crate) fingerprint: u128,
    /// A random number, by which the file is known.
    pub(crate) number: u64,
    /// For people: the process.
    pub(crate) pid: u64,
    /// For people: when it started, in milliseconds since 1970.
    pub(crate) started: u64,
}

/// Why a file's first words are not a header.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum NotAHeader {
    /// It is something else, or was not finished.
    Other,
    /// Another version of this crate has written it.
    Format(u64),
}

impl Header {
    /// The words in the file.
    #[allow(clippy::cast_possible_truncation, reason = "both halves are kept")]
    pub(crate) fn words(&self) -> [u64; HEADER_WORDS] {
        let (low, high) = (self.fingerprint as u64, (self.fingerprint >> u64::BITS) as u64);
        let mut words = [0; HEADER_WORDS];
        words[..7].copy_from_slice(&[MAGIC, FORMAT, low, high, self.number, self.pid, self.started]);
        words[CHECK] = check(&words);
        words
    }

    /// Writes it at the start of a segment.
    pub(super) fn write(&self, segment: &Segment) {
        for (at, word) in self.words().into_iter().enumerate().rev() {
            // The first word comes last: with it, all of them are there.
            segment.header(at).store(word, Ordering::Release);
        }
    }

    pub(super) fn read(segment: &Segment) -> Result<Self, NotAHeader> {
        let words: [u64; HEADER_WORDS] = std::array::from_fn(|at| segment.header(at).load(Ordering::Acquire));
        if words[0] != MAGIC {
            return Err(NotAHeader::Other);
        }
        if words[1] != FORMAT {
            return Err(NotAHeader::Format(words[1]));
        }
        if words[CHECK] != check(&words) {
            return Err(NotAHeader::Other);
        }
        Ok(Self {
            fingerprint: u128::from(words[3]) << u64::BITS | u128::from(words[2]),
            number: words[4],
            pid: words[5],
            started: words[6],
        })
    }
}

/// The last word depends on all others.
const CHECK: usize = HEADER_WORDS - 1;

fn check(words: &[u64; HEADER_WORDS]) -> u64 {
    words[..CHECK].iter().fold(MAGIC, |hash, word| (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95))
}
