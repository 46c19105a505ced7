//! Words that are counted.

/// The word, with an `s` unless there is one of it.
pub(crate) fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
