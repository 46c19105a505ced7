//! A text that is no value of a label.

use core::error::Error;
use core::fmt;

/// A text is none of the values of a label. It is the error of `FromStr` that `#[label(from_str)]` derives.
///
/// ```
/// use metrics_runtime::Label;
///
/// #[derive(Clone, Copy, Debug, Label)]
/// #[label(from_str)]
/// enum Step {
///     Text2image,
///     Upscale,
/// }
///
/// let error = "upscail".parse::<Step>().expect_err("there is no such step");
/// assert_eq!(error.text(), "upscail");
/// assert_eq!(error.values(), ["text2image", "upscale"]);
/// assert_eq!(error.to_string(), "`upscail` is no value of `Step`: the values are `text2image`, `upscale`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseLabelError {
    label: &'static str,
    text: String,
    values: &'static [&'static str],
}

/// How much of the text the message shows.
const SHOWN_CHARACTERS: usize = 64;

impl ParseLabelError {
    /// The text that was read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The values of the label, in the order of its variants.
    #[must_use]
    pub const fn values(&self) -> &'static [&'static str] {
        self.values
    }
}

/// The error of a text that is no value of the label type with this name.
#[must_use]
pub fn parse_label_error(label: &'static str, text: &str, values: &'static [&'static str]) -> ParseLabelError {
    ParseLabelError { label, text: text.to_owned(), values }
}

impl fmt::Display for ParseLabelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.text.chars().take(SHOWN_CHARACTERS).flat_map(char::escape_debug).collect();
        let rest = if self.text.chars().nth(SHOWN_CHARACTERS).is_some() { "…" } else { "" };
        write!(f, "`{shown}{rest}` is no value of `{}`: the values are ", self.label)?;
        for (at, value) in self.values.iter().enumerate() {
            write!(f, "{}`{value}`", if at > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

impl Error for ParseLabelError {}
