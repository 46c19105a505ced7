//! The grammar of `#[label(…)]`.

use syn::parse::ParseStream;
use syn::{Attribute, Data, DeriveInput, Error, Expr, ExprLit, Ident, Lit, LitInt, LitStr, Path, Result, Token};

use crate::diagnostic::{Diagnostics, listed, nearest};
use crate::label::case::Case;
use crate::parse::grammar::{
    Keyed, each_option, parse_key, parse_runtime_path, parse_string, parse_value, parse_value_of, set_once,
};

/// The options before the type: `#[label(rename_all = "kebab-case")]`, `#[label(max_values = 32, crate = path)]`.
#[derive(Default)]
pub(super) struct ContainerOptions {
    pub(super) krate: Option<Keyed<Path>>,
    /// An option of a struct.
    pub(super) max_values: Option<Keyed<LitInt>>,
    /// An option of an enum.
    pub(super) rename_all: Option<Keyed<Case>>,
    /// Each variant is one value, whatever its fields are: of an enum.
    pub(super) ignore_fields: Option<Keyed<()>>,
    /// The function `as_str` is wanted: of an enum, since a struct always has it.
    pub(super) as_str: Option<Keyed<()>>,
    /// `Display` is wanted.
    pub(super) display: Option<Keyed<()>>,
    /// `FromStr` is wanted: of an enum.
    pub(super) from_str: Option<Keyed<()>>,
}

const MAX_VALUES: &str = "#[label(max_values = 32)]";
const RENAME: &str = "#[label(rename = \"2xx\")]";
const RENAME_ALL: &str = "#[label(rename_all = \"kebab-case\")]";

const OF_ENUMS: [&str; 6] = ["rename_all", "ignore_fields", "as_str", "display", "from_str", "crate"];
const OF_STRUCTS: [&str; 3] = ["max_values", "display", "crate"];

impl ContainerOptions {
    pub(super) fn parse(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Self {
        let mut container = Self::default();
        let is_enum = matches!(input.data, Data::Enum(_));
        // Most options of an enum stand before its variants.
        let (example, option) = if is_enum { (RENAME, "crate = path") } else { (MAX_VALUES, "max_values = 32") };
        each_option(&input.attrs, "label", example, diagnostics, |input, diagnostics| {
            let key = parse_key(input, option)?;
            container.parse_option(&key, input, is_enum, diagnostics)
        });
        container
    }

    fn parse_option(
        &mut self,
        key: &Ident,
        input: ParseStream,
        is_enum: bool,
        diagnostics: &mut Diagnostics,
    ) -> Result<()> {
        match key.to_string().as_str() {
            "crate" => {
                let path = parse_value_of(key, input, "path", |input| parse_runtime_path(input, diagnostics))?;
                set_once(&mut self.krate, key, path, diagnostics);
            }
            // The derive says of an enum why it has no such option.
            "max_values" => {
                let number = parse_value_of(key, input, "32", parse_whole_number)?;
                set_once(&mut self.max_values, key, number, diagnostics);
            }
            "rename_all" if is_enum => {
                let case = parse_value_of(key, input, "\"kebab-case\"", parse_case)?;
                set_once(&mut self.rename_all, key, case, diagnostics);
            }
            "display" => set_once(&mut self.display, key, parse_word(key, input)?, diagnostics),
            "ignore_fields" if is_enum => {
                set_once(&mut self.ignore_fields, key, parse_word(key, input)?, diagnostics);
            }
            "as_str" if is_enum => set_once(&mut self.as_str, key, parse_word(key, input)?, diagnostics),
            "from_str" if is_enum => set_once(&mut self.from_str, key, parse_word(key, input)?, diagnostics),
            name => return Err(unknown_option(key, name, is_enum)),
        }
        Ok(())
    }
}

/// The value in `#[label(rename = "2xx")]` before a variant, unless the attribute could not be parsed.
#[allow(clippy::option_option, reason = "the outer one is `None` after a mistake, as in the stages")]
pub(super) fn renamed(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Option<Option<LitStr>> {
    let (mut renamed, errors_before) = (None, diagnostics.len());
    each_option(attributes, "label", RENAME, diagnostics, |input, diagnostics| {
        let key = parse_key(input, "rename = \"2xx\"")?;
        if OF_ENUMS.iter().any(|option| key == option) {
            return Err(Error::new(
                key.span(),
                format!("`{key}` belongs to the type: write it in `#[label(…)]` before the enum"),
            ));
        }
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

/// Reports a value after an option that is a word.
fn parse_word(key: &Ident, input: ParseStream) -> Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    Err(Error::new(key.span(), format!("`{key}` takes no value: write `#[label({key})]`")))
}

fn parse_whole_number(input: ParseStream) -> Result<LitInt> {
    match parse_value(input)? {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => Ok(number),
        other => Err(Error::new_spanned(other, format!("`max_values` takes a whole number: write `{MAX_VALUES}`"))),
    }
}

fn parse_case(input: ParseStream) -> Result<Case> {
    let text = parse_string(input, &format!("`rename_all` takes its form in quotes: write `{RENAME_ALL}`"))?;
    Case::of(&text.value()).map_err(|problem| Error::new(text.span(), problem))
}

fn unknown_option(key: &Ident, name: &str, is_enum: bool) -> Error {
    let message = if is_enum && name == "rename" {
        format!("`rename` belongs to a variant: write `{RENAME}` before it")
    } else if !is_enum && name == "as_str" {
        "a label with `max_values` always has `as_str`: remove this word".to_owned()
    } else if !is_enum && name == "from_str" {
        "a label with `max_values` takes any text: remove this word, and make the value with `new(text)`".to_owned()
    } else if !is_enum && OF_ENUMS.contains(&name) {
        format!("`{name}` belongs to an enum, whose values are in the source: remove it")
    } else {
        let known = if is_enum { &OF_ENUMS[..] } else { &OF_STRUCTS[..] };
        let near = nearest(name, known.iter().copied());
        let the = near.map_or_else(|| "the".to_owned(), |near| format!("did you mean `{near}`? The"));
        let what = if is_enum { "an enum" } else { "a struct" };
        format!("there is no option `{name}`: {the} options of {what} are {}", listed(known.iter().copied()))
    };
    Error::new(key.span(), message)
}
