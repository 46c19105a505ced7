//! An error in one line.

use std::error::Error;

/// The error and what it comes from. Many errors repeat their source's words; those are said once.
pub fn of(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let words = source.to_string();
        if !text.ends_with(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        next = source.source();
    }
    text
}
