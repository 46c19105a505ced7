//! Names in tokens that are not parsed.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::Ident;

/// The first of these names in the tokens, at any depth.
pub(crate) fn find_ident(tokens: impl ToTokens, names: &[impl AsRef<str>]) -> Option<Ident> {
    find(tokens.into_token_stream(), names)
}

/// Whether the name is in the tokens, or in a text of theirs as `{name}`, which a macro like `format!` reads.
pub(crate) fn find_ident_or_formatted(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => find_ident_or_formatted(&group.stream(), name),
        TokenTree::Literal(literal) => is_formatted(&literal.to_string(), name),
        TokenTree::Punct(_) => false,
    })
}

/// Whether a text has `{name}`, `{name:…}`, or `name$` as a width.
fn is_formatted(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let after = text[at + name.len()..].trim_start();
        after.starts_with('$')
            || (text[..at].trim_end().ends_with('{') && (after.starts_with('}') || after.starts_with(':')))
    })
}

fn find(tokens: TokenStream, names: &[impl AsRef<str>]) -> Option<Ident> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) if names.iter().any(|name| ident == name) => Some(ident),
        TokenTree::Group(group) => find(group.stream(), names),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn a_name_is_found_also_in_a_text_to_format() {
        let has = |tokens: TokenStream| find_ident_or_formatted(&tokens, "size");
        assert!(has(quote!(f({ size }))));
        assert!(has(quote!(format!("{size}"))));
        assert!(has(quote!(format!("{other} { size :>8}"))));
        assert!(has(quote!(format!("{:size$}", other))));
        assert!(!has(quote!(format!("the size {sizes}"))));
        assert!(!has(quote!(sizes)));
    }
}
