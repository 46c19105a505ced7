//! Texts of others in a line of ours.

/// The most bytes of a line.
pub(crate) const MAX_LINE: usize = 1024;

/// What is at the end of a text that was cut.
const CUT: &str = "…";

/// A text as a part of one line: without line breaks and control characters, which could make lines of their own or change the
/// terminal, and cut after so many bytes.
pub(crate) fn one_line(text: &str, max_bytes: usize) -> String {
    let mut line = String::new();
    for character in text.trim_end_matches(['\n', '\r']).chars() {
        let character = if breaks_the_line(character) { ' ' } else { character };
        if line.len() + character.len_utf8() > max_bytes {
            while line.len() + CUT.len() > max_bytes && line.pop().is_some() {}
            line.push_str(CUT);
            break;
        }
        line.push(character);
    }
    line
}

/// Control characters, the separators of lines and paragraphs, and what turns the direction of a text.
fn breaks_the_line(character: char) -> bool {
    let others = ['\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}', '\u{61c}', '\u{feff}'];
    character.is_control()
        || others.contains(&character)
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_a_line() {
        assert_eq!(one_line("plain text, ünïcode", MAX_LINE), "plain text, ünïcode");
        assert_eq!(one_line("done\n", MAX_LINE), "done");
        assert_eq!(one_line("a\r\nerror: b\x1b[31m\x07\u{9b}c\u{202e}d\u{2028}", MAX_LINE), "a  error: b [31m  c d ");
        assert_eq!(one_line("", MAX_LINE), "");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(one_line("0123456789", 10), "0123456789");
        assert_eq!(one_line("0123456789a", 10), "0123456…");
        let line = one_line(&"é".repeat(100_000), MAX_LINE);
        assert!(line.len() <= MAX_LINE && line.len() > MAX_LINE - 5 && line.ends_with("é…"), "{}", line.len());
        assert_eq!(one_line("ab", 1), "…", "there is always a sign of the cut");
    }
}
