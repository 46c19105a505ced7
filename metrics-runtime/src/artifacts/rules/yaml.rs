//! Pieces of YAML. A text that may hold anything is written with `json::quoted`.

use std::fmt::Write as _;

/// A text of several lines as a value, each line with this indentation. It must not have other control characters.
pub(super) fn block(text: &str, indentation: usize) -> String {
    let mut block = String::from("|-\n");
    for line in text.lines() {
        let _ = writeln!(block, "{:indentation$}{line}", "");
    }
    block
}

/// A comment in one line.
pub(super) fn comment(text: &str) -> String {
    let text: String = text.chars().map(|character| if is_safe(character) { character } else { '?' }).collect();
    format!("# {text}\n")
}

fn is_safe(character: char) -> bool {
    !character.is_control() && !matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}')
}
