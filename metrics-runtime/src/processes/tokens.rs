//! Texts with their lengths, `5:ready`, so that they can hold any character.

use std::fmt::Write as _;

/// Appends a text with its length.
pub(super) fn push_text(line: &mut String, text: &str) {
    let _ = write!(line, "{}:{text}", text.len());
}

/// Reads what [`push_text`] and numbers have written. Any bytes can be read; what is not of this form is `None`.
#[derive(Debug)]
pub(super) struct Tokens<'bytes> {
    rest: &'bytes [u8],
    read: u64,
}

impl<'bytes> Tokens<'bytes> {
    pub(super) const fn new(bytes: &'bytes [u8]) -> Self {
        Self { rest: bytes, read: 0 }
    }

    /// The number of bytes since the last time.
    pub(super) fn take_read(&mut self) -> u64 {
        std::mem::take(&mut self.read)
    }

    fn advance(&mut self, bytes: usize) -> Option<&'bytes [u8]> {
        let (taken, rest) = self.rest.split_at_checked(bytes)?;
        self.rest = rest;
        self.read += bytes as u64;
        Some(taken)
    }

    pub(super) const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next bytes, if they are these.
    pub(super) fn expect_word(&mut self, word: &str) -> Option<()> {
        if !self.rest.starts_with(word.as_bytes()) {
            return None;
        }
        self.advance(word.len()).map(drop)
    }

    /// The next byte, if it is this one.
    pub(super) fn expect(&mut self, byte: u8) -> Option<()> {
        if *self.rest.first()? != byte {
            return None;
        }
        self.advance(1).map(drop)
    }

    /// A number.
    pub(super) fn number(&mut self) -> Option<u64> {
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        std::str::from_utf8(self.advance(digits)?).ok()?.parse().ok()
    }

    /// A text with its length.
    pub(super) fn text(&mut self) -> Option<&'bytes str> {
        let length = usize::try_from(self.number()?).ok()?;
        self.expect(b':')?;
        std::str::from_utf8(self.advance(length)?).ok()
    }

    /// The bytes up to a space or the end of the line.
    pub(super) fn word(&mut self) -> Option<&'bytes str> {
        let length = self.rest.iter().take_while(|byte| !matches!(byte, b' ' | b'\n')).count();
        std::str::from_utf8(self.advance(length)?).ok()
    }
}
