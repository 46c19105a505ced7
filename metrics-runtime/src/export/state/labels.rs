//! Labels, and the texts of a page without their backslashes.

use std::borrow::Cow;

/// Names and values, in the order of the page.
pub(crate) type Labels<'a> = Vec<(&'a str, Cow<'a, str>)>;

/// The labels, and what follows the closing brace.
pub(super) fn read_labels(mut text: &str) -> Option<(Labels<'_>, &str)> {
    let mut labels = Vec::new();
    while !text.starts_with('}') {
        let (name, rest) = text.split_once("=\"")?;
        let end = closing_quote(rest)?;
        labels.push((name, unescaped(&rest[..end])));
        text = &rest[end + 1..];
        text = text.strip_prefix(',').unwrap_or(text);
    }
    Some((labels, &text[1..]))
}

/// Where the first quote is that no backslash precedes.
fn closing_quote(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    })
}

pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => plain.push('\n'),
                other => plain.extend(other),
            },
            other => plain.push(other),
        }
    }
    Cow::Owned(plain)
}
