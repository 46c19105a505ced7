//! Numbers in the options of attributes and declarations.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, Lit};

use crate::tokens::text::to_source;

/// A number, and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Amount {
    pub(crate) span: Span,
    pub(crate) value: f64,
}

/// A literal number as it was written, with what stands after its digits.
pub(crate) struct Number {
    pub(crate) amount: Amount,
    suffix: String,
    /// The literal, without its sign.
    written: String,
}

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

impl Number {
    /// The number, if the expression is a literal one, with or without `-`.
    pub(crate) fn of(value: &Expr) -> Option<Self> {
        let (sign, literal) = match value {
            Expr::Lit(literal) => (1.0, &literal.lit),
            Expr::Unary(syn::ExprUnary { op: syn::UnOp::Neg(_), expr, .. }) => match &**expr {
                Expr::Lit(literal) => (-1.0, &literal.lit),
                _ => return None,
            },
            _ => return None,
        };
        let (number, suffix) = match literal {
            Lit::Int(number) => (number.base10_parse::<f64>(), number.suffix()),
            Lit::Float(number) => (number.base10_parse::<f64>(), number.suffix()),
            _ => return None,
        };
        Some(Self {
            amount: Amount { span: value.span(), value: sign * number.ok()? },
            suffix: suffix.to_owned(),
            written: to_source(literal),
        })
    }

    /// What is wrong with the unit after a number that is a number of seconds, if it has one; `what` is the number's name.
    pub(crate) fn unit_of_seconds(&self, what: &str) -> Option<String> {
        self.has_unit().then(|| unit_message(what, self.amount.value.abs(), &self.suffix, &self.written))
    }

    /// Whether something stands after its digits that is not the type of a number.
    pub(crate) fn has_unit(&self) -> bool {
        !NUMBER_TYPES.contains(&self.suffix.as_str())
    }
}

/// Without an error `10ms` would be ten seconds, because the suffix of a literal does not change its number.
fn unit_message(what: &str, number: f64, suffix: &str, written: &str) -> String {
    match UNITS.into_iter().find(|(names, ..)| names.contains(&suffix)) {
        Some((_, divisor, factor)) => format!(
            "{what} is a number of seconds without a unit: write `{}` for `{written}`",
            number * factor / divisor
        ),
        None => format!("{what} is a number of seconds, and `{suffix}` after it has no meaning: write `{number}`"),
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
            let message = unit_message("a bucket", number, unit, "it");
            assert!(message.contains(&format!("write {seconds} for")), "{message}");
        }
    }
}
