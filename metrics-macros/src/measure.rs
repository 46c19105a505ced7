//! Measures a function: parses an attribute and those below it, analyses the function, plans and expands.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{Meta, Path, parse2};

use crate::analyse::returned_stream::check_returned_stream;
use crate::analyse::shape::Shape;
use crate::analyse::track_caller::check_track_caller;
use crate::diagnostic::Diagnostics;
use crate::expand::expectations::without_hidden;
use crate::expand::function::{expand, keeps_its_block};
use crate::parse::args::Args;
use crate::parse::attribute::Attribute;
use crate::parse::function::Function;
use crate::plan::conditions::check_never_asked;
use crate::plan::planner::plan;

/// The option of an attribute that was merged with the one above it: see [`mentions`].
const MERGED: &str = "__metrics_merged";

/// Measures a function. All mistakes are reported at once, and the output has the function in any case.
pub(crate) fn measure(attribute: Attribute, tokens: TokenStream, item: TokenStream) -> TokenStream {
    if tokens.to_string() == MERGED {
        return confirm(item);
    }
    let mut diagnostics = Diagnostics::default();
    let mut function: Function = match parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            diagnostics.add(not_a_function(attribute, &item).unwrap_or(error));
            let mut output = diagnostics.into_compile_errors();
            output.extend(item);
            return output;
        }
    };
    let mut all = vec![Args::parse(attribute, Span::call_site(), tokens, &mut diagnostics)];
    let merged = take_stacked(&mut function, &mut all, &mut diagnostics);
    let shape = Shape::of(&function, &mut diagnostics);
    let mentions = mentions(&merged);
    let plan = plan(all, mentions.clone(), &function, &mut diagnostics);
    if let (Some(plan), Some(shape)) = (&plan, &shape) {
        if shape.returns.is_none() {
            check_never_asked(plan, &mut diagnostics);
        }
        if plan.needs_outcome() && function.has_track_caller() && !keeps_its_block(plan, shape) {
            check_track_caller(&function, shape, &mut diagnostics);
        }
        if !plan.only_starts() {
            check_returned_stream(&function, shape, &mut diagnostics);
        }
    }
    match (plan, shape) {
        (Some(plan), Some(shape)) if diagnostics.is_empty() => {
            function.attributes = without_hidden(&function.attributes, &plan);
            expand(&plan, &function, &shape)
        }
        _ => {
            let mut output = diagnostics.into_compile_errors();
            output.extend(function.unmeasured(&mentions));
            output
        }
    }
}

/// Mentions of the merged attributes, so that their imports count as used and an editor can follow their names. Tokens do
/// not show whose attribute a name is, so the compiler checks it: only our attribute turns the `false` into `true`.
fn mentions(merged: &[(Attribute, Path)]) -> TokenStream {
    let (option, is_ours) =
        (Ident::new(MERGED, Span::mixed_site()), Ident::new("__METRICS_IS_OURS", Span::mixed_site()));
    let mentions = merged.iter().map(|(attribute, path)| {
        let name = attribute.name();
        let message = format!(
            "`#[{name}({})]` is read as the attribute of `metrics_runtime`, but the name `{name}` means another \
             one here: write the path of the one that you mean, `#[metrics_runtime::{name}(…)]` or \
             `#[other_crate::{name}(…)]`",
            if *attribute == Attribute::Measured {
                "…".to_owned()
            } else {
                format!("{} = …", attribute.metric_option())
            }
        );
        quote_spanned! {path.span().resolved_at(Span::mixed_site())=>
            const _: () = {
                #[#path(#option)]
                const #is_ours: bool = false;
                ::core::assert!(#is_ours, #message);
            };
        }
    });
    mentions.collect()
}

/// What a merged attribute makes of its mention: `true` instead of `false`.
fn confirm(mention: TokenStream) -> TokenStream {
    mention
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(ident) if ident == "false" => Ident::new("true", ident.span()).into(),
            TokenTree::Group(group) => Group::new(group.delimiter(), confirm(group.stream())).into(),
            token => token,
        })
        .collect()
}

/// Takes the attributes that stand below this one, so that all of them share one guard. Returns their paths.
fn take_stacked(function: &mut Function, all: &mut Vec<Args>, diagnostics: &mut Diagnostics) -> Vec<(Attribute, Path)> {
    let krate: Option<Path> = all[0].krate.as_ref().map(|krate| krate.value.clone());
    let (ours, others): (Vec<_>, Vec<_>) = std::mem::take(&mut function.attributes)
        .into_iter()
        .map(|given| (Attribute::of_meta(&given.meta, krate.as_ref()), given))
        .partition(|(attribute, _)| attribute.is_some());
    function.attributes = others.into_iter().map(|(_, given)| given).collect();
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

/// The error for an attribute that does not stand on a function.
fn not_a_function(attribute: Attribute, item: &TokenStream) -> Option<syn::Error> {
    let keyword = item.clone().into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) => {
            let name = ident.to_string();
            ["struct", "enum", "union", "impl", "trait", "mod", "static", "type", "use", "let", "macro_rules"]
                .contains(&name.as_str())
                .then_some((name, ident.span()))
        }
        _ => None,
    })?;
    let (name, span) = keyword;
    let suggestion = match name.as_str() {
        "impl" | "trait" | "mod" => format!("put it on each function in the `{name}` that must be measured"),
        _ => "put it on a function or a method".to_owned(),
    };
    Some(syn::Error::new(
        span,
        format!("`#[{}]` measures functions, and this is `{name}`: {suggestion}", attribute.name()),
    ))
}
