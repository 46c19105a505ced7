//! The upper bounds of a histogram's buckets: their grammar, and what is wrong with them.

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, Lit, Result};

use crate::diagnostic::Diagnostics;
use crate::grammar::{Given, each_item, list_of, parse_value, source};

/// What stands in `buckets(…)`.
pub struct Buckets {
    bounds: Vec<Bucket>,
    /// Whether all of it could be read: a list of which nothing could be read is not empty.
    complete: bool,
}

struct Bucket {
    span: Span,
    bound: f64,
}

const NUMBERS: &str = "write the upper bounds in seconds, as numbers, `buckets(0.5, 1, 10)`";

/// Units that may be meant, and how many of them are in so many seconds.
const UNITS: [(&[&str], f64, f64); 7] = [
    (&["ns", "nanos"], 1e9, 1.0),
    (&["us", "µs", "μs", "micros"], 1e6, 1.0),
    (&["ms", "millis", "msec"], 1e3, 1.0),
    (&["s", "sec", "secs"], 1.0, 1.0),
    (&["m", "min", "mins"], 1.0, 60.0),
    (&["h", "hour", "hours"], 1.0, 3600.0),
    (&["d", "day", "days"], 1.0, 86400.0),
];

/// Suffixes that say of which type a number is, and not what it counts.
const TYPES: [&str; 15] =
    ["", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize"];

impl Buckets {
    /// Parses the list in `buckets(…)`.
    pub fn parse(key: &Ident, input: ParseStream, diagnostics: &mut Diagnostics) -> Result<Self> {
        let content = list_of(key, input, "buckets(10, 60, 300)")?;
        let (mut bounds, known) = (Vec::new(), diagnostics.len());
        each_item(&content, diagnostics, |input, _| {
            bounds.push(parse_bucket(input)?);
            Ok(())
        });
        Ok(Self { bounds, complete: diagnostics.len() == known })
    }
}

fn parse_bucket(input: ParseStream) -> Result<Bucket> {
    let value = parse_value(input)?;
    let wrong = |value: &Expr| {
        Error::new_spanned(
            value,
            match value {
                Expr::Path(path) => format!(
                    "a bucket is a number that stands here, since the value of `{}` is not known while the macro runs: \
                     {NUMBERS}",
                    source(path)
                ),
                Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) if text.value().parse::<f64>().is_ok() => {
                    format!("a bucket is a number without quotes: write `{}`", text.value())
                }
                Expr::Array(_) => format!("the buckets stand in the parentheses without brackets: {NUMBERS}"),
                _ => "a bucket is its upper bound in seconds, as a number: `buckets(0.5, 1, 10)`".to_owned(),
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
    if !TYPES.contains(&suffix) {
        return Err(Error::new_spanned(&value, with_a_unit(number, suffix, &source(literal))));
    }
    Ok(Bucket { span: value.span(), bound: if negative { -number } else { number } })
}

/// `10ms` would otherwise be ten seconds, since the suffix of a literal changes nothing about its number.
fn with_a_unit(number: f64, suffix: &str, written: &str) -> String {
    match UNITS.into_iter().find(|(names, ..)| names.contains(&suffix)) {
        Some((_, divisor, factor)) => format!(
            "a bucket is a number of seconds without a unit: write `{}` for `{written}`",
            number * factor / divisor
        ),
        None => format!("a bucket is a number of seconds, and `{suffix}` behind it says nothing: write `{number}`"),
    }
}

/// Upper bounds that Prometheus takes: finite, positive, strictly increasing.
pub fn check_buckets(buckets: &Given<Buckets>, diagnostics: &mut Diagnostics) -> Option<Vec<f64>> {
    let Buckets { bounds: given, complete } = &buckets.value;
    if given.is_empty() && *complete {
        diagnostics.at(
            buckets.key,
            "`buckets` is empty: give upper bounds in seconds, `buckets(0.5, 1, 10)`, or leave it out",
        );
        return None;
    }
    let mut bounds: Vec<f64> = Vec::new();
    for Bucket { span, bound } in given {
        let problem = if !bound.is_finite() {
            Some("a bucket's bound is a finite number; `+Inf` is added by itself".to_owned())
        } else if *bound <= 0.0 {
            Some(format!("the bucket {bound} is not greater than zero: no duration falls into it"))
        } else {
            bounds.last().filter(|last| **last >= *bound).map(|last| {
                format!("buckets are strictly increasing, and {bound} comes after {last}: sort them, each once")
            })
        };
        if let Some(problem) = problem {
            diagnostics.at(*span, problem);
            return None;
        }
        bounds.push(*bound);
    }
    complete.then_some(bounds)
}

#[cfg(test)]
mod tests {
    use super::with_a_unit;

    #[test]
    fn a_unit_is_turned_into_seconds() {
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
            let said = with_a_unit(number, unit, "it");
            assert!(said.contains(&format!("write {seconds} for")), "{said}");
        }
    }
}
