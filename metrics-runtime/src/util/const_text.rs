//! Texts of messages, built in const evaluation, where `format!` cannot be used.

/// A text of at most 1024 bytes. A part that does not fit is left out.
pub(crate) struct ConstText {
    bytes: [u8; 1024],
    length: usize,
}

impl ConstText {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; 1024], length: 0 }
    }

    /// Appends a text.
    pub(crate) const fn text(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        // A part is not cut: the cut could fall inside a character.
        if self.length + text.len() > self.bytes.len() {
            return self;
        }
        let mut index = 0;
        while index < text.len() {
            self.bytes[self.length] = text[index];
            self.length += 1;
            index += 1;
        }
        self
    }

    /// Appends a number in decimal digits.
    pub(crate) const fn number(self, number: u128) -> Self {
        let mut digits = [0; 39];
        let (mut first, mut rest) = (digits.len(), number);
        loop {
            first -= 1;
            #[allow(clippy::cast_possible_truncation, reason = "a digit is less than ten")]
            {
                digits[first] = b'0' + (rest % 10) as u8;
            }
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        let (_, digits) = digits.split_at(first);
        match core::str::from_utf8(digits) {
            Ok(digits) => self.text(digits),
            Err(_) => self,
        }
    }

    /// Appends a number of seconds, exact to a nanosecond, without zeros at its end.
    pub(crate) const fn seconds(self, seconds: f64) -> Self {
        const NANOSECONDS: u128 = 1_000_000_000;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it saturates, and only shows a number"
        )]
        let nanoseconds = (seconds * 1e9 + 0.5) as u128;
        let mut text = self.number(nanoseconds / NANOSECONDS);
        let (mut rest, mut place) = (nanoseconds % NANOSECONDS, NANOSECONDS);
        if rest > 0 {
            text = text.text(".");
        }
        while rest > 0 {
            place /= 10;
            text = text.number(rest / place);
            rest %= place;
        }
        text
    }

    pub(crate) const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.length);
        match core::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}
