//! Where generated tokens stand, and names that meet none of the user's.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::quote_spanned;
use syn::Ident;

/// A local name that cannot be confused with a name of the user's.
pub(crate) fn local(name: &str) -> Ident {
    Ident::new(&format!("__metrics_{name}"), Span::mixed_site())
}

/// The end of a path into the runtime, at `span`. As a name of the user's it would be one that the user may have imported,
/// and `unused_qualifications` would say that the path could be shorter.
pub(crate) fn of_ours(name: &str, span: Span) -> Ident {
    Ident::new(name, Span::mixed_site().located_at(span))
}

/// An expression of the user's as the body of a closure of ours: by itself it would get the lints that are about the ends of
/// closures.
pub(crate) fn body_of_closure(expression: &TokenStream) -> TokenStream {
    quote_spanned!(Span::mixed_site()=> ::core::convert::identity(#expression))
}

/// Statements in braces that stand at `span`: the compiler reports there what it has to say about the block.
pub(crate) fn braced(span: Span, statements: TokenStream) -> Group {
    let mut group = Group::new(Delimiter::Brace, statements);
    group.set_span(span);
    group
}

/// The tokens with another place. What their names mean stays as it was.
pub(crate) fn respanned(tokens: &TokenStream, span: Span) -> TokenStream {
    tokens
        .clone()
        .into_iter()
        .map(|mut token| {
            token.set_span(span.resolved_at(token.span()));
            token
        })
        .collect()
}
