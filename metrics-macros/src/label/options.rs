//! What stands in `#[label(…)]`.

use syn::parse::ParseStream;
use syn::{Attribute, Data, DeriveInput, Error, Expr, ExprLit, Ident, Lit, LitInt, LitStr, Path, Result};

use crate::diagnostic::{Diagnostics, nearest};
use crate::grammar::{Given, each_option_of, key, parse_value, runtime_path, set_once, string, value_of};

/// What stands before the type: `#[label(max_values = 32, crate = path)]`.
#[derive(Default)]
pub struct Container {
    pub krate: Option<Given<Path>>,
    pub max_values: Option<Given<LitInt>>,
}

const MAX_VALUES: &str = "#[label(max_values = 32)]";
const RENAME: &str = "#[label(rename = \"2xx\")]";

pub fn container(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Container {
    let mut container = Container::default();
    let is_enum = matches!(input.data, Data::Enum(_));
    // An enum's options stand before its variants.
    let (shown, option) = if is_enum { (RENAME, "crate = path") } else { (MAX_VALUES, "max_values = 32") };
    each_option_of(&input.attrs, "label", shown, diagnostics, |input, diagnostics| {
        let key = key(input, option)?;
        match key.to_string().as_str() {
            "crate" => {
                let path = value_of(&key, input, "path", |input| runtime_path(input, diagnostics))?;
                set_once(&mut container.krate, &key, path, diagnostics);
            }
            "max_values" => {
                let number = value_of(&key, input, "32", whole_number)?;
                set_once(&mut container.max_values, &key, number, diagnostics);
            }
            name => return Err(unknown(&key, name, is_enum)),
        }
        Ok(())
    });
    container
}

/// The text in `#[label(rename = "2xx")]`, unless what stands there could not be read.
#[allow(clippy::option_option, reason = "the outer one is whether all is well, as everywhere here")]
pub fn renamed(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Option<Option<LitStr>> {
    let (mut renamed, known) = (None, diagnostics.len());
    each_option_of(attributes, "label", RENAME, diagnostics, |input, diagnostics| {
        let key = key(input, "rename = \"2xx\"")?;
        if key != "rename" {
            return Err(Error::new(key.span(), format!("the only option here is `rename`: `{RENAME}`")));
        }
        let text = value_of(&key, input, "\"2xx\"", |input| {
            string(input, &format!("`rename` takes the value in quotes: `{RENAME}`"))
        })?;
        set_once(&mut renamed, &key, text, diagnostics);
        Ok(())
    });
    (diagnostics.len() == known).then(|| renamed.map(|Given { value, .. }| value))
}

fn whole_number(input: ParseStream) -> Result<LitInt> {
    match parse_value(input)? {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => Ok(number),
        other => Err(Error::new_spanned(other, format!("`max_values` takes a whole number: `{MAX_VALUES}`"))),
    }
}

fn unknown(key: &Ident, name: &str, is_enum: bool) -> Error {
    let message = if is_enum && name == "rename" {
        format!("`rename` stands before each variant: `{RENAME}`")
    } else if is_enum && nearest(name, ["max_values", "crate"]).is_none() {
        format!("there is no `{name}`: put `#[label(rename = \"…\")]` before each variant")
    } else {
        format!("the options here are `max_values` and `crate`: `{MAX_VALUES}`")
    };
    Error::new(key.span(), message)
}
