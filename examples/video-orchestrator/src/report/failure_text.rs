//! An error in one line.

use std::error::Error;

use super::one_line::{MAX_LINE, one_line};

/// The error, then its sources. Many errors repeat the text of their source; it is written once. Errors quote what comes from
/// outside, so the length of the text has a limit.
pub(crate) fn failure_text(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let source_text = source.to_string();
        if !text.ends_with(&source_text) {
            text.push_str(": ");
            text.push_str(&source_text);
        }
        next = source.source();
    }
    one_line(&text, MAX_LINE)
}
