//! The grammar of `#[label(…)]`.

use syn::parse::ParseStream;
use syn::{Attribute, Data, DeriveInput, Error, Expr, ExprLit, Ident, Lit, LitInt, LitStr, Path, Result};

use crate::diagnostic::{Diagnostics, nearest};
use crate::parse::grammar::{
    Keyed, each_option, parse_key, parse_runtime_path, parse_string, parse_value, parse_value_of, set_once,
};

/// The options before the type: `#[label(max_values = 32, crate = path)]`.
#[derive(Default)]
pub(super) struct ContainerOptions {
    pub(super) krate: Option<Keyed<Path>>,
    pub(super) max_values: Option<Keyed<LitInt>>,
}

const MAX_VALUES: &str = "#[label(max_values = 32)]";
const RENAME: &str = "#[label(rename = \"2xx\")]";

impl ContainerOptions {
    pub(super) fn parse(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Self {
        let mut container = Self::default();
        let is_enum = matches!(input.data, Data::Enum(_));
        // Most options of an enum stand before its variants.
        let (example, option) = if is_enum { (RENAME, "crate = path") } else { (MAX_VALUES, "max_values = 32") };
        each_option(&input.attrs, "label", example, diagnostics, |input, diagnostics| {
            let key = parse_key(input, option)?;
            match key.to_string().as_str() {
                "crate" => {
                    let path = parse_value_of(&key, input, "path", |input| parse_runtime_path(input, diagnostics))?;
                    set_once(&mut container.krate, &key, path, diagnostics);
                }
                "max_values" => {
                    let number = parse_value_of(&key, input, "32", parse_whole_number)?;
                    set_once(&mut container.max_values, &key, number, diagnostics);
                }
                name => return Err(unknown_option(&key, name, is_enum)),
            }
            Ok(())
        });
        container
    }
}

/// The value in `#[label(rename = "2xx")]` before a variant, unless the attribute could not be parsed.
#[allow(clippy::option_option, reason = "the outer one is `None` after a mistake, as in the stages")]
pub(super) fn renamed(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Option<Option<LitStr>> {
    let (mut renamed, errors_before) = (None, diagnostics.len());
    each_option(attributes, "label", RENAME, diagnostics, |input, diagnostics| {
        let key = parse_key(input, "rename = \"2xx\"")?;
        if key != "rename" {
            return Err(Error::new(key.span(), format!("the only option here is `rename`: write `{RENAME}`")));
        }
        let text = parse_value_of(&key, input, "\"2xx\"", |input| {
            parse_string(input, &format!("`rename` takes the value in quotes: write `{RENAME}`"))
        })?;
        set_once(&mut renamed, &key, text, diagnostics);
        Ok(())
    });
    (diagnostics.len() == errors_before).then(|| renamed.map(|Keyed { value, .. }| value))
}

fn parse_whole_number(input: ParseStream) -> Result<LitInt> {
    match parse_value(input)? {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => Ok(number),
        other => Err(Error::new_spanned(other, format!("`max_values` takes a whole number: write `{MAX_VALUES}`"))),
    }
}

fn unknown_option(key: &Ident, name: &str, is_enum: bool) -> Error {
    let message = if is_enum && name == "rename" {
        format!("`rename` belongs to a variant: write `{RENAME}` before it")
    } else if is_enum && nearest(name, ["max_values", "crate"]).is_none() {
        format!("there is no option `{name}`: to change a value, write `#[label(rename = \"…\")]` before its variant")
    } else {
        format!("the options here are `max_values` and `crate`: write `{MAX_VALUES}`")
    };
    Error::new(key.span(), message)
}
