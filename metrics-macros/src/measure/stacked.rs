//! The attributes that stand below another one: all of them share one guard.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{Meta, Path};

use crate::diagnostic::Diagnostics;
use crate::parse::args::Args;
use crate::parse::attribute::Attribute;
use crate::plan::planner::runtime_path;

/// The option of an attribute that was merged with the one above it: see [`mentions`].
const MERGED: &str = "__metrics_merged";

/// Whether these are the options of an attribute that was merged.
pub(super) fn is_mention(options: &TokenStream) -> bool {
    let first = options.clone().into_iter().next();
    matches!(first, Some(TokenTree::Ident(first)) if first == MERGED)
}

/// Takes the attributes that stand below this one out of `attributes`. Returns their paths.
pub(super) fn take_stacked(
    attributes: &mut Vec<syn::Attribute>,
    all: &mut Vec<Args>,
    diagnostics: &mut Diagnostics,
) -> Vec<(Attribute, Path)> {
    let krate: Option<Path> = all.iter().find_map(|args| args.krate.as_ref()).map(|krate| krate.value.clone());
    let (ours, others): (Vec<_>, Vec<_>) = std::mem::take(attributes)
        .into_iter()
        .map(|given| (Attribute::of_meta(&given.meta, krate.as_ref()), given))
        .partition(|(attribute, _)| attribute.is_some());
    *attributes = others.into_iter().map(|(_, given)| given).collect();
    let mut merged = Vec::new();
    for (attribute, given) in ours {
        let Some(attribute) = attribute else { continue };
        let path = given.path().clone();
        let span = path.segments.last().map_or_else(Span::call_site, |segment| segment.ident.span());
        let tokens = match given.meta {
            Meta::List(list) => list.tokens,
            Meta::Path(_) => TokenStream::new(),
            Meta::NameValue(pair) => {
                diagnostics.under(
                    &pair.value,
                    format!("`#[{}]` takes options in parentheses: write `{}`", attribute.name(), attribute.example()),
                );
                continue;
            }
        };
        all.push(Args::parse(attribute, span, tokens, diagnostics));
        merged.push((attribute, path));
    }
    merged
}

/// Mentions of the merged attributes, so that their imports count as used and an editor can follow their names. Tokens do
/// not show whose attribute a name is, so the compiler checks it: only our attribute removes the constant, which does not compile.
pub(super) fn mentions(merged: &[(Attribute, Path)], all: &[Args]) -> TokenStream {
    if merged.is_empty() {
        return TokenStream::new();
    }
    let private = runtime_path(all).private();
    let option = Ident::new(MERGED, Span::mixed_site());
    let mentions = merged.iter().map(|(attribute, path)| {
        let (name, options) = (attribute.name(), attribute.options_in_short());
        let span = path.span().resolved_at(Span::mixed_site());
        let private = private.at(span);
        quote_spanned! {span=>
            #[#path(#option)]
            const _: () = #private::another_attribute(#name, #options);
        }
    });
    mentions.collect()
}
