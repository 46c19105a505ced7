//! The grammar of `buckets(…)`.

use syn::parse::ParseStream;
use syn::{Error, Expr, Ident, Lit, Result};

use crate::diagnostic::Diagnostics;
use crate::parse::grammar::{each_item, parse_list_of, parse_value};
use crate::parse::number::{Amount, Number};
use crate::tokens::text::to_source;

/// The items of `buckets(…)`.
#[derive(Clone)]
pub(crate) struct Buckets {
    /// Their upper bounds.
    pub(crate) buckets: Vec<Amount>,
    /// Whether every item could be parsed. If none could, the list is not empty all the same.
    pub(crate) is_complete: bool,
}

const HOW_TO_WRITE: &str = "write the upper bounds in seconds, as numbers, `buckets(0.5, 1, 10)`";

impl Buckets {
    /// Parses the list in `buckets(…)`.
    pub(crate) fn parse(key: &Ident, input: ParseStream, diagnostics: &mut Diagnostics) -> Result<Self> {
        let content = parse_list_of(key, input, "buckets(10, 60, 300)")?;
        let (mut buckets, errors_before) = (Vec::new(), diagnostics.len());
        each_item(&content, diagnostics, |input, _| {
            buckets.push(parse_bucket(input)?);
            Ok(())
        });
        Ok(Self { buckets, is_complete: diagnostics.len() == errors_before })
    }
}

fn parse_bucket(input: ParseStream) -> Result<Amount> {
    let value = parse_value(input)?;
    let wrong = |value: &Expr| {
        Error::new_spanned(
            value,
            match value {
                Expr::Path(path) => format!(
                    "a bucket is a number, and the macro cannot know the value of `{}`: {HOW_TO_WRITE}",
                    to_source(path)
                ),
                Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) if text.value().parse::<f64>().is_ok() => {
                    format!("a bucket is a number without quotes: write `{}`", text.value())
                }
                Expr::Array(_) => format!("the buckets stand in parentheses without brackets: {HOW_TO_WRITE}"),
                _ => "a bucket is a number, its upper bound in seconds: write `buckets(0.5, 1, 10)`".to_owned(),
            },
        )
    };
    let number = Number::of(&value).ok_or_else(|| wrong(&value))?;
    if let Some(problem) = number.unit_of_seconds("a bucket") {
        return Err(Error::new_spanned(&value, problem));
    }
    Ok(number.amount)
}
