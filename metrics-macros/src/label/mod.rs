//! `#[derive(Label)]`.

mod options;
mod fallback;
mod closed;
mod capped;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Data, DeriveInput};

use crate::diagnostic::Diagnostics;
use crate::label::fallback::errors_and_impl;
use crate::label::options::ContainerOptions;
use crate::runtime;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let ContainerOptions { krate, max_values } = ContainerOptions::parse(input, &mut diagnostics);
    let krate = krate.map_or_else(runtime::default_path, |krate| krate.value.to_token_stream());
    let max_values = max_values.map(|max_values| max_values.value);
    // An option of a struct that could not be parsed may be a misspelt `max_values`, so a struct is not looked at any
    // further. The variants of an enum are checked all the same.
    if !diagnostics.is_empty() && !matches!(input.data, Data::Enum(_)) {
        return errors_and_impl(input, &krate, diagnostics);
    }
    match (&input.data, max_values.as_ref()) {
        (Data::Struct(data), Some(max_values)) => capped::derive(input, data, max_values, &krate, diagnostics),
        (_, max_values) => closed::derive(input, max_values, &krate, diagnostics),
    }
}
