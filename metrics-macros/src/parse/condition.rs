//! The grammar of `error_if = …` and `ok_if = …`.

use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprClosure, Ident, Result};

use crate::parse::grammar::{parse_value, parse_value_of};

/// Parses what is asked about a returned value: a closure, or the path of a function.
pub(crate) fn parse_condition(key: &Ident, input: ParseStream) -> Result<Expr> {
    let condition = parse_value_of(key, input, "|result| …", parse_value)?;
    match &condition {
        Expr::Closure(ExprClosure { asyncness: Some(asyncness), .. }) => Err(Error::new(
            asyncness.span,
            format!("the closure of `{key}` reads the returned value and cannot wait: remove `async`"),
        )),
        Expr::Closure(closure) if closure.inputs.len() == 1 => Ok(condition),
        Expr::Closure(closure) => Err(Error::new(
            closure.inputs_begin.span(),
            format!(
                "the closure of `{key}` takes one parameter, a reference to the returned value: write \
                 `{key} = |result| …`"
            ),
        )),
        Expr::Path(_) => Ok(condition),
        other => Err(Error::new(
            other.span(),
            format!(
                "`{key}` asks about the returned value: write `{key} = |result| …`, or the path of a function that \
                 takes a reference to it and returns a `bool`"
            ),
        )),
    }
}
