//! `#[derive(Label)]`.

mod case;
mod options;
mod value;
mod fallback;
mod texts;
mod closed;
mod capped;

use proc_macro2::TokenStream;
use syn::{Data, DeriveInput};

use crate::diagnostic::Diagnostics;
use crate::label::fallback::errors_and_impl;
use crate::label::options::ContainerOptions;
use crate::runtime::RuntimePath;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let options = ContainerOptions::parse(input, &mut diagnostics);
    let krate = RuntimePath::of(options.krate.as_ref().map(|krate| &krate.value));
    // An option of a struct that could not be parsed may be a misspelt `max_values`, so a struct is not looked at any
    // further. The variants of an enum are checked all the same.
    if !diagnostics.is_empty() && !matches!(input.data, Data::Enum(_)) {
        return errors_and_impl(input, &krate, diagnostics);
    }
    match (&input.data, &options.max_values) {
        (Data::Struct(data), Some(max_values)) => {
            capped::derive(input, data, &max_values.value, &options, &krate, diagnostics)
        }
        _ => closed::derive(input, &options, &krate, diagnostics),
    }
}
