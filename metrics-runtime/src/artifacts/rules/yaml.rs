//! Pieces of YAML. A text that may hold anything is written with `json::quoted`.

use std::fmt::Write as _;

use crate::artifacts::json::is_unsafe;

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
    let text: String = text.chars().map(|character| if is_unsafe(character) { '?' } else { character }).collect();
    format!("# {text}\n")
}
