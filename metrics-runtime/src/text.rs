//! Messages that are put together in the compiler.

/// A message that the compiler puts together. What does not fit is left out.
pub(crate) struct Text {
    bytes: [u8; 1024],
    length: usize,
}

impl Text {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; 1024], length: 0 }
    }

    pub(crate) const fn word(mut self, word: &str) -> Self {
        let word = word.as_bytes();
        // Half a word could be half a character.
        if self.length + word.len() > self.bytes.len() {
            return self;
        }
        let mut at = 0;
        while at < word.len() {
            self.bytes[self.length] = word[at];
            self.length += 1;
            at += 1;
        }
        self
    }

    pub(crate) const fn number(self, number: u128) -> Self {
        let mut digits = [0; 39];
        let (mut at, mut rest) = (digits.len(), number);
        loop {
            at -= 1;
            #[allow(clippy::cast_possible_truncation, reason = "a digit is less than ten")]
            {
                digits[at] = b'0' + (rest % 10) as u8;
            }
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        let (_, digits) = digits.split_at(at);
        match core::str::from_utf8(digits) {
            Ok(digits) => self.word(digits),
            Err(_) => self,
        }
    }

    pub(crate) const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.length);
        match core::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}
