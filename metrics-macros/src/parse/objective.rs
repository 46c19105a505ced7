//! The grammar of `objective(…)`.

use syn::parse::ParseStream;
use syn::{Error, Expr, Ident, Lit, Result, Token};

use crate::diagnostic::{Diagnostics, listed, nearest};
use crate::parse::attribute::Attribute;
use crate::parse::grammar::{Keyed, each_item, parse_key, parse_list_of, parse_value, parse_value_of, set_once};
use crate::parse::number::{Amount, Number};
use crate::tokens::text::to_source;

/// What stands in `objective(…)`.
#[derive(Clone)]
pub(crate) struct Objective {
    /// The share of the calls that must be good.
    pub(crate) percent: Option<Keyed<Amount>>,
    /// The seconds within which a good call ends.
    pub(crate) under: Option<Keyed<Amount>>,
    /// Whether every item could be parsed. If not, an item that seems to be missing may be a misspelt one.
    pub(crate) is_complete: bool,
}

const ITEMS: [&str; 2] = ["percent", "under"];

impl Objective {
    /// Parses the list in `objective(…)`.
    pub(crate) fn parse(
        attribute: Attribute,
        key: &Ident,
        input: ParseStream,
        diagnostics: &mut Diagnostics,
    ) -> Result<Self> {
        let content = parse_list_of(key, input, example(attribute))?;
        let errors_before = diagnostics.len();
        let (mut percent, mut under) = (None, None);
        each_item(&content, diagnostics, |input, diagnostics| {
            let item = parse_key(input, "percent = 99")?;
            match item.to_string().as_str() {
                "percent" => {
                    let value = parse_value_of(&item, input, "99", parse_percent)?;
                    set_once(&mut percent, &item, value, diagnostics);
                }
                "under" => {
                    let value = parse_value_of(&item, input, "300", parse_under)?;
                    set_once(&mut under, &item, value, diagnostics);
                }
                other => {
                    let hint = nearest(other, ITEMS).map_or_else(
                        || format!("write `{}`", example(attribute)),
                        |known| format!("did you mean `{known}`?"),
                    );
                    let items = listed(ITEMS);
                    return Err(Error::new(
                        item.span(),
                        format!("`objective` takes {items}, and has no `{other}`: {hint}"),
                    ));
                }
            }
            Ok(())
        });
        Ok(Self { percent, under, is_complete: diagnostics.len() == errors_before })
    }
}

/// An objective as the attribute takes it, for messages.
pub(crate) const fn example(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::Timed => "objective(percent = 99, under = 300)",
        _ => "objective(percent = 99.5)",
    }
}

fn parse_percent(input: ParseStream) -> Result<Amount> {
    if input.peek(Lit) && input.peek2(Token![%]) {
        let number: Lit = input.parse()?;
        let sign: Token![%] = input.parse()?;
        let written = to_source(&number);
        return Err(Error::new(sign.span, format!("`percent` is a number without `%`: write `percent = {written}`")));
    }
    let value = parse_value(input)?;
    let number = Number::of(&value).ok_or_else(|| {
        not_a_number(&value, "`percent` is a number: the share of the calls that must be good, `percent = 99.5`")
    })?;
    if number.has_unit() {
        let number = number.amount.value;
        let message = format!("`percent` is a number without a unit: write `percent = {number}`");
        return Err(Error::new_spanned(&value, message));
    }
    Ok(number.amount)
}

fn parse_under(input: ParseStream) -> Result<Amount> {
    let value = parse_value(input)?;
    let number = Number::of(&value).ok_or_else(|| {
        not_a_number(&value, "`under` is a number of seconds, within which a good call ends: write `under = 300`")
    })?;
    match number.unit_of_seconds("`under`") {
        Some(problem) => Err(Error::new_spanned(&value, problem)),
        None => Ok(number.amount),
    }
}

fn not_a_number(value: &Expr, message: &str) -> Error {
    let message = match value {
        Expr::Path(path) => format!("{message}; the macro cannot know the value of `{}`", to_source(path)),
        Expr::Lit(syn::ExprLit { lit: Lit::Str(_), .. }) => format!("{message}, without quotes"),
        _ => message.to_owned(),
    };
    Error::new_spanned(value, message)
}
