//! The grammar of what is read for a call: an expression over the parameters, or a closure that takes the returned value.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Error, Expr, ExprClosure, Pat, Result, ReturnType, Token};

use crate::tokens::search::find_ident;

/// What is read, and so when.
#[derive(Clone)]
pub(crate) enum Read {
    /// An expression, before the body runs.
    AtStart(Expr),
    /// `|result| expression`: from the returned value.
    FromResult { pattern: Pat, expression: Expr },
}

/// What the value is for, for messages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadFor {
    Label,
    Observation,
}

impl ReadFor {
    const fn the_expression(self) -> &'static str {
        match self {
            Self::Label => "the expression of this label",
            Self::Observation => "the expression of `value`",
        }
    }

    const fn a_closure(self) -> &'static str {
        match self {
            Self::Label => "a label's closure",
            Self::Observation => "the closure of `value`",
        }
    }

    const fn place_of_the_type(self) -> &'static str {
        match self {
            Self::Label => "the type of a label stands after its name: write `name: Type = |result| …`",
            Self::Observation => {
                "the closure of `value` has the type of its expression: remove the type, and write `|result| …`"
            }
        }
    }
}

impl Read {
    /// Parses the value after `=`.
    pub(crate) fn parse(input: ParseStream, purpose: ReadFor) -> Result<Self> {
        let expression: Expr = input.parse()?;
        if let Some(keyword) = find_ident(&expression, &["return"]) {
            return Err(Error::new(
                keyword.span(),
                format!(
                    "`return` would leave the function, not only {}: write `if … {{ … }} else {{ … }}`",
                    purpose.the_expression()
                ),
            ));
        }
        let a_closure = purpose.a_closure();
        match expression {
            Expr::Closure(ExprClosure { asyncness: Some(asyncness), .. }) => Err(Error::new(
                asyncness.span,
                format!("{a_closure} reads the returned value and cannot wait: remove `async`"),
            )),
            Expr::Closure(ExprClosure { output: output @ ReturnType::Type(..), .. }) => {
                Err(Error::new_spanned(output, purpose.place_of_the_type()))
            }
            Expr::Closure(closure) => {
                let bars = (closure.inputs_begin, closure.inputs_end);
                let mut patterns: Punctuated<Pat, Token![,]> = closure.inputs;
                match (patterns.pop(), patterns.is_empty()) {
                    (Some(pattern), true) => Ok(Self::FromResult { pattern, expression: *closure.body }),
                    (last, _) => {
                        patterns.extend(last);
                        let message = if patterns.is_empty() {
                            format!(
                                "{a_closure} takes the returned value: write `|result| …`, or the expression without `||`"
                            )
                        } else {
                            format!(
                                "{a_closure} takes one parameter, a reference to the returned value: write `|result| …`"
                            )
                        };
                        Err(Error::new_spanned(between_bars(bars, &patterns), message))
                    }
                }
            }
            expression => Ok(Self::AtStart(expression)),
        }
    }
}

/// The parameters of a closure as they were written.
fn between_bars((first, last): (Token![|], Token![|]), patterns: &Punctuated<Pat, Token![,]>) -> TokenStream {
    quote!(#first #patterns #last)
}
