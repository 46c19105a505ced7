//! Collects errors, so that all mistakes in a function are reported at once.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::Error;

/// The errors found so far.
#[derive(Default)]
pub(crate) struct Diagnostics {
    errors: Vec<Error>,
}

impl Diagnostics {
    /// Reports a mistake at a place.
    pub(crate) fn at(&mut self, span: Span, message: impl std::fmt::Display) {
        self.add(Error::new(span, message));
    }

    /// Reports a mistake, with all of `tokens` underlined.
    pub(crate) fn under(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.add(Error::new_spanned(tokens, message));
    }

    /// Reports an error, once: an option that several attributes share is checked for each of them.
    pub(crate) fn add(&mut self, error: Error) {
        let place = |error: &Error| format!("{:?}", error.span());
        let is_known = |known: &Error| known.to_string() == error.to_string() && place(known) == place(&error);
        if !self.errors.iter().any(is_known) {
            self.errors.push(error);
        }
    }

    /// Adds those of one of several functions. Where a place has an error already, this one says the same of another function.
    pub(crate) fn add_new_places(&mut self, others: Self) {
        let known = self.errors.len();
        for error in others.errors {
            let place = format!("{:?}", error.span());
            if !self.errors[..known].iter().any(|error| format!("{:?}", error.span()) == place) {
                self.errors.push(error);
            }
        }
    }

    /// The value, or `None` after reporting the error.
    pub(crate) fn ok_or_report<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(error);
                None
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.errors.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// The errors as calls of `compile_error!`.
    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.errors.iter().map(Error::to_compile_error).collect()
    }
}

/// The known name that is nearest to a misspelt one, if any is near.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        // A third of the letters may differ, and at least one.
        .filter(|(distance, candidate)| *distance <= (candidate.len().max(name.len()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The Levenshtein distance: how many letters to add, drop or change.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, candidate) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *candidate);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

/// Names in backticks, separated by commas.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_known_name_is_found() {
        let known = ["histogram", "labels", "buckets", "on"];
        assert_eq!(nearest("histgram", known), Some("histogram"));
        assert_eq!(nearest("label", known), Some("labels"));
        assert_eq!(nearest("bukets", known), Some("buckets"));
        assert_eq!(nearest("gauge", known), None);
    }
}
