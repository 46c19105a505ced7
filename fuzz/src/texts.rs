//! Texts that stand in a line of ours.

/// Checks that a text is one line of a log or a terminal: it has some letters, and none that change what is around it.
#[track_caller]
pub(crate) fn assert_is_line(text: &str, max_bytes: usize) {
    assert!(!text.trim().is_empty(), "the text is empty");
    assert!(text.len() <= max_bytes, "the text has {} bytes: {text}", text.len());
    let turns = |letter| matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if let Some(letter) = text.chars().find(|letter| letter.is_control() || turns(*letter)) {
        panic!("{letter:?} is not for a line: {text:?}");
    }
}
