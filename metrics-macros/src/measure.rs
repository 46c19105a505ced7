//! One attribute of a function, and those that stand below it: parse, plan, expand.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;
use syn::{Ident, Meta, Path, parse2};

use crate::args::{Args, Attribute};
use crate::diagnostic::Diagnostics;
use crate::expand::expand;
use crate::function::Function;
use crate::plan::{attribute_of, plan};
use crate::shape::Shape;
use crate::tracked;

/// The option of an attribute that was taken together with the one above it: it does nothing any more.
const ABSORBED: &str = "__metrics_absorbed";

/// Measures a function. All mistakes are reported at once, and the function is there in any case.
pub fn measure(attribute: Attribute, tokens: TokenStream, item: TokenStream) -> TokenStream {
    if tokens.to_string() == ABSORBED {
        return TokenStream::new();
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
    let absorbed = take_stacked(&mut function, &mut all, &mut diagnostics);
    let shape = Shape::of(&function, &mut diagnostics);
    let mentions = mentions(&absorbed);
    let plan = plan(all, mentions.clone(), &function, &mut diagnostics);
    if let (Some(plan), Some(shape)) = (&plan, &shape)
        && plan.needs_outcome()
        && function.tracks_caller()
    {
        tracked::check(&function, shape, &mut diagnostics);
    }
    match (plan, shape) {
        (Some(plan), Some(shape)) if diagnostics.is_empty() => expand(&plan, &function, &shape),
        _ => {
            let mut output = diagnostics.into_compile_errors();
            output.extend(function.unmeasured(&mentions));
            output
        }
    }
}

/// Names the attributes that were taken once more, so that their imports are used and an editor can follow them.
fn mentions(absorbed: &[Path]) -> TokenStream {
    let absorbed = absorbed.iter();
    let nothing = Ident::new(ABSORBED, Span::mixed_site());
    quote!(#(#[#absorbed(#nothing)] const _: () = ();)*)
}

/// Takes the attributes that stand below this one, so that all share one guard.
fn take_stacked(function: &mut Function, all: &mut Vec<Args>, diagnostics: &mut Diagnostics) -> Vec<Path> {
    let krate: Option<Path> = all[0].krate.as_ref().map(|krate| krate.value.clone());
    let (ours, others): (Vec<_>, Vec<_>) = std::mem::take(&mut function.attributes)
        .into_iter()
        .map(|given| (attribute_of(given.path(), krate.as_ref()), given))
        .partition(|(attribute, _)| attribute.is_some());
    function.attributes = others.into_iter().map(|(_, given)| given).collect();
    let mut absorbed = Vec::new();
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
                    format!("`#[{}]` takes its options in parentheses: `{}`", attribute.name(), attribute.example()),
                );
                continue;
            }
        };
        all.push(Args::parse(attribute, span, tokens, diagnostics));
        absorbed.push(path);
    }
    absorbed
}

/// What to write instead, where the attribute stands on something else than a function.
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
    let instead = match name.as_str() {
        "impl" | "trait" | "mod" => format!("put it on each function in the `{name}` that is to be measured"),
        _ => "put it on a function or a method".to_owned(),
    };
    Some(syn::Error::new(
        span,
        format!("`#[{}]` measures functions, and here is `{name}`: {instead}", attribute.name()),
    ))
}
