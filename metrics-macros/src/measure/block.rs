//! `measure!` and `measure_stream!`: the attributes of functions on code that is none.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Expr, parse2};

use super::stacked::take_stacked;
use crate::analyse::leaving::check_leaving;
use crate::diagnostic::Diagnostics;
use crate::expand::block::{expand_block, expand_stream, without_warnings_of_braces};
use crate::parse::attribute::Attribute;
use crate::parse::code::Code;
use crate::plan::model::{Plan, Subject};
use crate::plan::planner::plan;
use crate::plan::shared::share;
use crate::tokens::text::to_source;

/// `measure!`: an `async` block, a closure, or an expression that runs in its place.
pub(crate) fn measure_block(tokens: TokenStream) -> TokenStream {
    measure(tokens, "measure!", Subject::Block, check_block, expand_block)
}

/// `measure_stream!`.
pub(crate) fn measure_stream(tokens: TokenStream) -> TokenStream {
    measure(tokens, "measure_stream!", Subject::Stream, |_, _| {}, expand_stream)
}

fn measure(
    tokens: TokenStream,
    name: &str,
    subject: Subject<'_>,
    check: impl FnOnce(&Expr, &mut Diagnostics),
    expand: impl FnOnce(&Plan, String, &Expr) -> TokenStream,
) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let mut code: Code = match parse2(tokens) {
        Ok(code) => code,
        Err(error) => {
            diagnostics.add(error);
            let errors = diagnostics.into_compile_errors();
            return quote!({ #errors });
        }
    };
    let mut all = Vec::new();
    let merged = take_stacked(&mut code.attributes, &mut all, &mut diagnostics);
    let docs = code.attributes.extract_if(.., |attribute| attribute.path().is_ident("doc")).collect();
    for other in &code.attributes {
        diagnostics.under(
            other,
            format!(
                "`{}` is not one of the attributes that `{name}` takes, with the option that names its metric: write it on the statement \
                 around `{name}`, or `{}` here",
                to_source(other),
                Attribute::Timed.example()
            ),
        );
    }
    if merged.is_empty() && code.attributes.is_empty() {
        diagnostics.at(
            Span::call_site(),
            format!(
                "`{name}` needs an attribute that says what to record: write `{name}({} …)`",
                Attribute::Timed.example()
            ),
        );
    }
    share(&mut all, &mut diagnostics);
    check(&code.expression, &mut diagnostics);
    let mut function = code.as_function(&all);
    // A doc comment says what the code does, as that of a function.
    function.attributes = docs;
    // The names of the attributes are words of the macro's grammar, so nothing is mentioned for the compiler to find.
    let plan = plan(all, TokenStream::new(), &function, subject, &mut diagnostics);
    match plan {
        Some(plan) if diagnostics.is_empty() => expand(&plan, function.signature.ident.to_string(), &code.expression),
        _ => {
            let (errors, expression) =
                (diagnostics.into_compile_errors(), without_warnings_of_braces(&code.expression));
            // The value keeps its type, so that no second error follows.
            quote!({ #errors #expression })
        }
    }
}

/// What code cannot be measured as it is written.
fn check_block(expression: &Expr, diagnostics: &mut Diagnostics) {
    match expression {
        Expr::Async(_) => {}
        Expr::Closure(closure) => {
            if let Some(asyncness) = &closure.asyncness {
                diagnostics.under(
                    asyncness,
                    "an `async` closure cannot be measured: write a closure that returns a measured future, \
                     `|…| measure!(… async move { … })`",
                );
            }
        }
        expression => check_leaving(expression, diagnostics),
    }
}
