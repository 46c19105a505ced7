//! The grammar of `buckets(…)`.

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, Lit, Result};

use crate::diagnostic::Diagnostics;
use crate::parse::grammar::{each_item, parse_list_of, parse_value};
use crate::tokens::text::to_source;

/// The items of `buckets(…)`.
pub(crate) struct Buckets {
    pub(crate) buckets: Vec<Bucket>,
    /// Whether every item could be parsed. If none could, the list is not empty all the same.
    pub(crate) is_complete: bool,
}

pub(crate) struct Bucket {
    pub(crate) span: Span,
    /// The upper bound.
    pub(crate) bound: f64,
}

const HOW_TO_WRITE: &str = "write the upper bounds in seconds, as numbers, `buckets(0.5, 1, 10)`";

/// Units of time: their suffixes, and the numbers by which to divide and to multiply for seconds.
const UNITS: [(&[&str], f64, f64); 7] = [
    (&["ns", "nanos"], 1e9, 1.0),
    (&["us", "µs", "μs", "micros"], 1e6, 1.0),
    (&["ms", "millis", "msec"], 1e3, 1.0),
    (&["s", "sec", "secs"], 1.0, 1.0),
    (&["m", "min", "mins"], 1.0, 60.0),
    (&["h", "hour", "hours"], 1.0, 3600.0),
    (&["d", "day", "days"], 1.0, 86400.0),
];

/// Suffixes that name the type of a number, which are not units.
const NUMBER_TYPES: [&str; 15] =
    ["", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize"];

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

fn parse_bucket(input: ParseStream) -> Result<Bucket> {
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
    let (negative, literal) = match &value {
        Expr::Lit(literal) => (false, &literal.lit),
        Expr::Unary(syn::ExprUnary { op: syn::UnOp::Neg(_), expr, .. }) => match &**expr {
            Expr::Lit(literal) => (true, &literal.lit),
            _ => return Err(wrong(&value)),
        },
        _ => return Err(wrong(&value)),
    };
    let (number, suffix) = match literal {
        Lit::Int(number) => (number.base10_parse::<f64>(), number.suffix()),
        Lit::Float(number) => (number.base10_parse::<f64>(), number.suffix()),
        _ => return Err(wrong(&value)),
    };
    let number = number.map_err(|_| wrong(&value))?;
    if !NUMBER_TYPES.contains(&suffix) {
        return Err(Error::new_spanned(&value, unit_message(number, suffix, &to_source(literal))));
    }
    Ok(Bucket { span: value.span(), bound: if negative { -number } else { number } })
}

/// Without an error `10ms` would be ten seconds, because the suffix of a literal does not change its number.
fn unit_message(number: f64, suffix: &str, written: &str) -> String {
    match UNITS.into_iter().find(|(names, ..)| names.contains(&suffix)) {
        Some((_, divisor, factor)) => format!(
            "a bucket is a number of seconds without a unit: write `{}` for `{written}`",
            number * factor / divisor
        ),
        None => format!("a bucket is a number of seconds, and `{suffix}` after it has no meaning: write `{number}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::unit_message;

    #[test]
    fn a_number_with_a_unit_is_shown_in_seconds() {
        for (number, unit, seconds) in [
            (10.0, "ms", "`0.01`"),
            (30.0, "ms", "`0.03`"),
            (250.0, "us", "`0.00025`"),
            (7.0, "µs", "`0.000007`"),
            (1.0, "ns", "`0.000000001`"),
            (0.5, "s", "`0.5`"),
            (1.5, "m", "`90`"),
            (2.0, "h", "`7200`"),
        ] {
            let message = unit_message(number, unit, "it");
            assert!(message.contains(&format!("write {seconds} for")), "{message}");
        }
    }
}
