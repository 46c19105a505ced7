//! Names in tokens that are not parsed.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::Ident;

/// The first of these names in the tokens, at any depth.
pub(crate) fn find_ident(tokens: impl ToTokens, names: &[impl AsRef<str>]) -> Option<Ident> {
    find(tokens.into_token_stream(), names)
}

fn find(tokens: TokenStream, names: &[impl AsRef<str>]) -> Option<Ident> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) if names.iter().any(|name| ident == name) => Some(ident),
        TokenTree::Group(group) => find(group.stream(), names),
        _ => None,
    })
}
