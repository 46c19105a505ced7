//! Messages that are built while the compiler evaluates constants.

/// A message that is built in const evaluation. A part that does not fit is left out.
pub(crate) struct ConstText {
    bytes: [u8; 1024],
    length: usize,
}

impl ConstText {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; 1024], length: 0 }
    }

    pub(crate) const fn text(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        // Half a text could end in half a character.
        if self.length + text.len() > self.bytes.len() {
            return self;
        }
        let mut at = 0;
        while at < text.len() {
            self.bytes[self.length] = text[at];
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
            Ok(digits) => self.text(digits),
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
