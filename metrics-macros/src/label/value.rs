//! A value of a closed label.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, Ident, Variant};

/// A value of the label: that of a variant.
pub(super) struct Value {
    pub(super) variant: Ident,
    /// Matches the variant.
    pub(super) pattern: TokenStream,
    pub(super) text: String,
}

impl Value {
    pub(super) fn of(variant: &Variant, text: String) -> Self {
        let name = &variant.ident;
        let pattern = match &variant.fields {
            Fields::Unit => quote!(Self::#name),
            Fields::Named(_) | Fields::Unnamed(_) => quote!(Self::#name { .. }),
        };
        Self { variant: name.clone(), pattern, text }
    }
}
