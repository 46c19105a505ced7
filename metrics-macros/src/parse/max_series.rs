//! `max_series = 30_000`, the largest number of series that one metric may have.

use syn::parse::ParseStream;
use syn::{Error, Expr, ExprLit, Ident, Lit, Result};

use crate::parse::grammar::{parse_value, parse_value_of};

const TAKES_A_NUMBER: &str =
    "`max_series` takes a whole number of series, at least 1, without quotes: `max_series = 30_000`";

/// `max_series = 30_000`; the key stands before the input.
pub(crate) fn parse_max_series(key: &Ident, input: ParseStream) -> Result<u64> {
    parse_value_of(key, input, "30_000", |input| {
        let value = parse_value(input)?;
        let number = match &value {
            Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) if number.suffix().is_empty() => {
                number.base10_parse().ok()
            }
            _ => None,
        };
        number.filter(|number| *number > 0).ok_or_else(|| Error::new_spanned(&value, TAKES_A_NUMBER))
    })
}
