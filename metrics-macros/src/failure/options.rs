//! What stands in `#[failure(…)]`.

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::{Attribute, Error, Ident, LitStr, Path, Result, Token, Type};

use crate::diagnostic::{Diagnostics, listed, nearest};
use crate::grammar::{Given, each_option_of, key, runtime_path, set_once, source, type_of, value_of};

/// What a failure is counted as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Timeout,
    Error,
    /// What its source is counted as.
    Source,
}

const CLASSES: [Class; 3] = [Class::Timeout, Class::Error, Class::Source];

impl Class {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Error => "error",
            Self::Source => "source",
        }
    }
}

/// What the attributes stand before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Enum,
    Variant,
    /// Which is a type and as good as a variant.
    Struct,
}

/// What stands before a type or a variant: `#[failure(reason: MyReasons, crate = path)]`,
/// `#[failure(timeout, reason = Slow)]`.
#[derive(Default)]
pub struct Options {
    pub class: Option<(Class, Span)>,
    pub reason: Option<Given<Ident>>,
    /// The set of reasons, of a type.
    pub reasons: Option<Given<Type>>,
    /// Of a type.
    pub krate: Option<Given<Path>>,
    /// Whether all of it could be read. Where it could not, what seems to be missing may be what was misspelt.
    pub complete: bool,
}

const SET: &str = "`reason` takes the type of the reasons: write `reason: MyReasons`";
const VARIANT: &str = "the reason is the name of one of the set's variants: `reason = Slow`";

impl Options {
    pub fn parse(place: Place, attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Self {
        let (mut options, known) = (Self::default(), diagnostics.len());
        let shown = if place == Place::Enum { "#[failure(reason: MyReasons)]" } else { "#[failure(timeout)]" };
        each_option_of(attributes, "failure", shown, diagnostics, |input, diagnostics| {
            options.parse_option(place, input, diagnostics)
        });
        options.complete = diagnostics.len() == known;
        options
    }

    fn parse_option(&mut self, place: Place, input: ParseStream, diagnostics: &mut Diagnostics) -> Result<()> {
        if let Ok(text) = input.fork().parse::<LitStr>()
            && let Some(class) = CLASSES.into_iter().find(|class| class.name() == text.value())
        {
            let message = format!("a class stands without quotes: write `#[failure({})]`", class.name());
            return Err(Error::new(text.span(), message));
        }
        let key = key(input, if place == Place::Enum { "reason: MyReasons" } else { "timeout" })?;
        let name = key.to_string();
        if let Some(class) = CLASSES.into_iter().find(|class| class.name() == name) {
            if place == Place::Enum {
                let message =
                    format!("each variant of an enum has its own class: put `#[failure({name})]` before those");
                return Err(Error::new(key.span(), message));
            }
            if self.class.is_some() {
                return Err(Error::new(key.span(), "it is classified twice: keep one of them"));
            }
            self.class = Some((class, key.span()));
            return Ok(());
        }
        let of_the_set = place == Place::Enum || (place == Place::Struct && input.peek(Token![:]));
        match name.as_str() {
            "reason" if of_the_set => {
                let reasons = type_of(&key, input, &instead_of_value(input))?;
                set_once(&mut self.reasons, &key, reasons, diagnostics);
            }
            "reason" if input.peek(Token![:]) => {
                let ty = type_of(&key, input, VARIANT)?;
                let message = format!(
                    "the set of reasons stands once, before the type, `#[failure(reason: {})]`; a variant has one of \
                     them: `reason = Slow`",
                    source(ty)
                );
                return Err(Error::new(key.span(), message));
            }
            "reason" if input.peek(Token![=]) => {
                let reason = value_of(&key, input, "Slow", variant)?;
                set_once(&mut self.reason, &key, reason, diagnostics);
            }
            "reason" => return Err(Error::new(key.span(), "the reason has no value: write `reason = Slow`")),
            "crate" if place != Place::Variant => {
                let path = value_of(&key, input, "path", |input| runtime_path(input, diagnostics))?;
                set_once(&mut self.krate, &key, path, diagnostics);
            }
            "crate" => {
                return Err(Error::new(key.span(), "`crate` stands before the type: `#[failure(crate = path)]`"));
            }
            _ => return Err(unknown(place, &key, input)),
        }
        Ok(())
    }
}

/// What to write where a set of reasons is given as a value, `reason = MyReasons`.
fn instead_of_value(input: ParseStream) -> String {
    let ahead = input.fork();
    let given = ahead.parse::<Token![=]>().and_then(|_| ahead.parse::<Type>());
    given.map_or_else(|_| SET.to_owned(), |ty| format!("the set of reasons is a type: write `reason: {}`", source(ty)))
}

/// The variant of the set, without the set.
fn variant(input: ParseStream) -> Result<Ident> {
    let path = input.call(Path::parse_mod_style).map_err(|error| Error::new(error.span(), VARIANT))?;
    match path.segments.last() {
        Some(last) if path.segments.len() > 1 => Err(Error::new_spanned(
            &path,
            format!(
                "the reason is the variant alone, whose set stands before the type: write `reason = {}`",
                last.ident
            ),
        )),
        Some(last) => Ok(last.ident.clone()),
        None => Err(Error::new_spanned(&path, VARIANT)),
    }
}

fn unknown(place: Place, key: &Ident, input: ParseStream) -> Error {
    let name = key.to_string();
    let takes_a_value = input.peek(Token![:]) || input.peek(Token![=]);
    let message = if place == Place::Enum || takes_a_value {
        let known: &[&str] = if place == Place::Variant { &["reason"] } else { &["reason", "crate"] };
        let hint = nearest(&name, known.iter().copied()).map_or_else(
            || format!("there are {}", listed(known.iter().copied())),
            |near| format!("did you mean `{near}`?"),
        );
        format!("`#[failure]` has no option `{name}`: {hint}")
    } else {
        let known = CLASSES.map(Class::name);
        let meant = nearest(&name, known).map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
        format!("a failure is one of {}, not `{name}`{meant}", listed(known))
    };
    Error::new(key.span(), message)
}
