//! The grammar of `measure!` and `measure_stream!`: attributes, and the code that they measure.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Error, Expr, Pat, Result, parse_quote};

use crate::parse::args::{Args, MetricName};
use crate::parse::function::Function;
use crate::parse::grammar::Keyed;

/// What stands in the parentheses.
pub(crate) struct Code {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) expression: Expr,
}

impl Parse for Code {
    fn parse(input: ParseStream) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        if input.is_empty() {
            return Err(Error::new(
                Span::call_site(),
                "the code to measure is missing: write `{ … }` after the attributes",
            ));
        }
        let expression: Expr = input.parse()?;
        if !input.is_empty() {
            let rest: TokenStream = input.parse()?;
            return Err(Error::new_spanned(
                rest,
                "one expression is measured: put several statements into braces, `{ … }`",
            ));
        }
        Ok(Self { attributes, expression: uncovered(expression) })
    }
}

/// A macro's `$e:expr` is in a group that nobody sees, and an `async` block or a closure can be in parentheses: it is still one.
fn uncovered(expression: Expr) -> Expr {
    match expression {
        Expr::Group(group) if group.attrs.is_empty() => uncovered(*group.expr),
        Expr::Paren(paren) if paren.attrs.is_empty() && runs_later(&paren.expr) => uncovered(*paren.expr),
        expression => expression,
    }
}

fn runs_later(expression: &Expr) -> bool {
    match expression {
        Expr::Async(_) | Expr::Closure(_) => true,
        Expr::Group(group) => runs_later(&group.expr),
        Expr::Paren(paren) => runs_later(&paren.expr),
        _ => false,
    }
}

impl Code {
    /// A function that stands for the code in the later stages: it has the parameters of a closure, as far as their types are
    /// written, and the name of the first metric.
    pub(crate) fn as_function(&self, all: &[Args]) -> Function {
        let name = Ident::new(&name_of(all), Span::call_site());
        let parameters = match &self.expression {
            Expr::Closure(closure) => closure
                .inputs
                .iter()
                .filter(|input| matches!(input, Pat::Type(typed) if matches!(*typed.pat, Pat::Ident(_))))
                .map(ToTokens::to_token_stream)
                .collect(),
            _ => Vec::new(),
        };
        parse_quote!(fn #name(#(#parameters),*) {})
    }
}

/// The name of the first metric, in the catalog the name of the code.
fn name_of(all: &[Args]) -> String {
    let name = all.iter().find_map(|args| match &args.metric {
        Some(Keyed { value: MetricName::Literal(name), .. }) => Some(name.value()),
        Some(Keyed { value: MetricName::Declared(path), .. }) => {
            path.segments.last().map(|segment| segment.ident.to_string().to_lowercase())
        }
        None => None,
    });
    name.filter(|name| syn::parse_str::<Ident>(name).is_ok()).unwrap_or_else(|| "code".to_owned())
}
