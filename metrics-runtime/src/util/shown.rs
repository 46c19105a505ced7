//! Texts of others in messages of ours.

use std::borrow::Cow;

/// The most bytes that a message shows of one text, unless it says otherwise.
const MAX_BYTES: usize = 200;

/// What is at the end of a text that was cut.
const CUT: &str = "…";

/// A text as a part of one line: what could begin a line of its own, or change a terminal, is written as `\n` or `\u{1b}`, and a
/// long text is cut.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    shown_to(text, MAX_BYTES)
}

/// The same, up to so many bytes.
pub(crate) fn shown_to(text: &str, max_bytes: usize) -> Cow<'_, str> {
    if text.len() <= max_bytes && !text.contains(breaks_the_line) {
        return Cow::Borrowed(text);
    }
    let mut line = String::new();
    for character in text.chars() {
        let before = line.len();
        if breaks_the_line(character) {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
        if line.len() > max_bytes {
            line.truncate(before);
            while line.len() + CUT.len() > max_bytes && line.pop().is_some() {}
            line.push_str(CUT);
            break;
        }
    }
    Cow::Owned(line)
}

/// Control characters, the separators of lines and paragraphs, and what turns the direction of a text.
fn breaks_the_line(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_a_line() {
        assert!(matches!(shown("plain \\ \"text\", ünïcode"), Cow::Borrowed("plain \\ \"text\", ünïcode")));
        assert_eq!(shown("a\r\nerror: b\x1b[31m\u{202e}c\u{2028}"), "a\\r\\nerror: b\\u{1b}[31m\\u{202e}c\\u{2028}");
        assert_eq!(shown(""), "");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(shown(&"x".repeat(200)), "x".repeat(200));
        assert_eq!(shown(&"x".repeat(201)), format!("{}…", "x".repeat(197)));
        let line = shown(&"é".repeat(100_000)).into_owned();
        assert!(line.len() <= MAX_BYTES && line.ends_with("é…"), "{}", line.len());
        let line = shown(&"\0".repeat(100)).into_owned();
        assert!(line.len() <= MAX_BYTES && line.starts_with("\\u{0}\\u{0}"), "{line}");
    }
}
