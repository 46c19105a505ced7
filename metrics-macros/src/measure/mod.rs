//! Measures what an attribute stands on: a function, or all functions of an `impl` or a module. Each is parsed with the attributes
//! below it, analysed, planned and expanded.

mod block;
mod function;
mod group;
mod group_item;
mod stacked;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::parse2;

pub(crate) use block::{measure_block, measure_stream};

use crate::diagnostic::Diagnostics;
use crate::parse::args::Args;
use crate::parse::attribute::Attribute;
use crate::parse::function::Function;
use crate::plan::model::Subject;
use crate::plan::shared::share;

/// Measures a function or a group of them. All mistakes are reported at once, and the output has the item in any case.
pub(crate) fn measure(attribute: Attribute, tokens: TokenStream, item: TokenStream) -> TokenStream {
    if stacked::is_mention(&tokens) {
        return TokenStream::new();
    }
    let mut diagnostics = Diagnostics::default();
    if let Some(kind) = group_item::kind_of(&item) {
        let args = Args::parse(attribute, Span::call_site(), tokens, &mut diagnostics);
        return group::measure(kind, args, item, diagnostics);
    }
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
    let merged = stacked::take_stacked(&mut function.attributes, &mut all, &mut diagnostics);
    share(&mut all, &mut diagnostics);
    let mentions = stacked::mentions(&merged, &all);
    let planned = function::plan_function(all, mentions.clone(), &function, Subject::Function, &mut diagnostics);
    match planned {
        Some(planned) if diagnostics.is_empty() => planned.expand(function),
        _ => {
            let mut output = diagnostics.into_compile_errors();
            output.extend(function.unmeasured(&mentions));
            output
        }
    }
}

/// The error for an attribute that does not stand on a function.
fn not_a_function(attribute: Attribute, item: &TokenStream) -> Option<syn::Error> {
    const OTHERS: [&str; 10] =
        ["struct", "enum", "union", "trait", "static", "type", "use", "let", "macro_rules", "extern"];
    let words = item.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(ident) => Some((ident.to_string(), ident.span())),
        _ => None,
    });
    let words: Vec<_> = words.collect();
    // `extern "C" fn` is a function, and `extern "C" { … }` is not.
    let is_function = words.iter().any(|(word, _)| word == "fn");
    let is_other = |word: &str| OTHERS.contains(&word) && !(word == "extern" && is_function);
    let (name, span) = words.into_iter().find(|(word, _)| is_other(word))?;
    let suggestion = match name.as_str() {
        "trait" => "put it on each `impl` of the trait, or on each function in the `trait` that must be measured",
        "extern" => "put it on a function that calls a foreign one",
        _ => "put it on a function or a method",
    };
    Some(syn::Error::new(
        span,
        format!("`#[{}]` measures functions, and this is `{name}`: {suggestion}", attribute.name()),
    ))
}
