//! The grammar of `#[failure(…)]`.

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::{Attribute, Error, Ident, LitStr, Path, Result, Token, Type};

use crate::diagnostic::{Diagnostics, listed, nearest};
use crate::parse::grammar::{
    Keyed, each_option, parse_key, parse_runtime_path, parse_type_of, parse_value_of, set_once,
};
use crate::tokens::text::to_source;

/// How a failure is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Timeout,
    Error,
    /// It is expected: the call ends `ok`.
    Ok,
    /// As its source is counted.
    Source,
}

impl Class {
    pub(super) const ALL: [Self; 4] = [Self::Timeout, Self::Error, Self::Ok, Self::Source];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Error => "error",
            Self::Ok => "ok",
            Self::Source => "source",
        }
    }
}

/// The item with the attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Enum,
    Variant,
    /// A type that is classified itself, as a variant is.
    Struct,
}

/// The options before a type or a variant: `#[failure(reason: MyReasons, crate = path)]`,
/// `#[failure(timeout, reason = Slow)]`.
#[derive(Default)]
pub(super) struct Options {
    pub(super) class: Option<(Class, Span)>,
    pub(super) reason: Option<Keyed<Ident>>,
    /// The type of the reasons; an option of a type.
    pub(super) reasons: Option<Keyed<Type>>,
    /// An option of a type.
    pub(super) krate: Option<Keyed<Path>>,
    /// Whether every option could be parsed. If not, an option that seems to be missing may be a misspelt one.
    pub(super) is_complete: bool,
}

const REASONS_MESSAGE: &str = "`reason` takes the type of the reasons: write `reason: MyReasons`";
const REASON_MESSAGE: &str = "a reason is the name of a variant of the reasons' type: write `reason = Slow`";

impl Options {
    pub(super) fn parse(place: Place, attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Self {
        let (mut options, errors_before) = (Self::default(), diagnostics.len());
        let example = if place == Place::Enum { "#[failure(reason: MyReasons)]" } else { "#[failure(timeout)]" };
        each_option(attributes, "failure", example, diagnostics, |input, diagnostics| {
            options.parse_option(place, input, diagnostics)
        });
        options.is_complete = diagnostics.len() == errors_before;
        options
    }

    fn parse_option(&mut self, place: Place, input: ParseStream, diagnostics: &mut Diagnostics) -> Result<()> {
        if let Ok(text) = input.fork().parse::<LitStr>()
            && let Some(class) = Class::ALL.into_iter().find(|class| class.name() == text.value())
        {
            let message = format!("a class has no quotes: write `#[failure({})]`", class.name());
            return Err(Error::new(text.span(), message));
        }
        let key = parse_key(input, if place == Place::Enum { "reason: MyReasons" } else { "timeout" })?;
        let name = key.to_string();
        if let Some(class) = Class::ALL.into_iter().find(|class| class.name() == name) {
            if place == Place::Enum {
                let message = format!(
                    "each variant of an enum has its own class: write `#[failure({name})]` before the variants"
                );
                return Err(Error::new(key.span(), message));
            }
            if self.class.is_some() {
                return Err(Error::new(
                    key.span(),
                    "a failure has one class, and this is the second: remove one of them",
                ));
            }
            self.class = Some((class, key.span()));
            return Ok(());
        }
        let is_type = place == Place::Enum || (place == Place::Struct && input.peek(Token![:]));
        match name.as_str() {
            "reason" if is_type => {
                let reasons = parse_type_of(&key, input, &reasons_message(input))?;
                set_once(&mut self.reasons, &key, reasons, diagnostics);
            }
            "reason" if input.peek(Token![:]) => {
                let ty = parse_type_of(&key, input, REASON_MESSAGE)?;
                let message = format!(
                    "the type of the reasons stands once, before the type of the error, `#[failure(reason: {})]`: \
                     for a variant write one of them, `reason = Slow`",
                    to_source(ty)
                );
                return Err(Error::new(key.span(), message));
            }
            "reason" if input.peek(Token![=]) => {
                let reason = parse_value_of(&key, input, "Slow", parse_reason)?;
                set_once(&mut self.reason, &key, reason, diagnostics);
            }
            "reason" => return Err(Error::new(key.span(), "the reason has no value: write `reason = Slow`")),
            "crate" if place != Place::Variant => {
                let path = parse_value_of(&key, input, "path", |input| parse_runtime_path(input, diagnostics))?;
                set_once(&mut self.krate, &key, path, diagnostics);
            }
            "crate" => {
                return Err(Error::new(
                    key.span(),
                    "`crate` belongs to the type: write `#[failure(crate = path)]` before it",
                ));
            }
            _ => return Err(unknown_option(place, &key, input)),
        }
        Ok(())
    }
}

/// The message for a type of reasons that is given as a value, `reason = MyReasons`.
fn reasons_message(input: ParseStream) -> String {
    let ahead = input.fork();
    let given = ahead.parse::<Token![=]>().and_then(|_| ahead.parse::<Type>());
    given.map_or_else(
        |_| REASONS_MESSAGE.to_owned(),
        |ty| format!("the reasons are a type: write `reason: {}`", to_source(ty)),
    )
}

/// The name of a variant of the reasons' type, without the type.
fn parse_reason(input: ParseStream) -> Result<Ident> {
    let path = input.call(Path::parse_mod_style).map_err(|error| Error::new(error.span(), REASON_MESSAGE))?;
    match path.segments.last() {
        Some(last) if path.segments.len() > 1 => Err(Error::new_spanned(
            &path,
            format!("a reason is the name of a variant, without its type: write `reason = {}`", last.ident),
        )),
        Some(last) => Ok(last.ident.clone()),
        None => Err(Error::new_spanned(&path, REASON_MESSAGE)),
    }
}

fn unknown_option(place: Place, key: &Ident, input: ParseStream) -> Error {
    let name = key.to_string();
    let takes_a_value = input.peek(Token![:]) || input.peek(Token![=]);
    let message = if place == Place::Enum || takes_a_value {
        let known: &[&str] = if place == Place::Variant { &["reason"] } else { &["reason", "crate"] };
        let hint = nearest(&name, known.iter().copied()).map_or_else(
            || format!("the options are {}", listed(known.iter().copied())),
            |near| format!("did you mean `{near}`?"),
        );
        format!("`#[failure]` has no option `{name}`: {hint}")
    } else {
        let known = Class::ALL.map(Class::name);
        let meant = nearest(&name, known).map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
        format!("a class is one of {}, not `{name}`{meant}", listed(known))
    };
    Error::new(key.span(), message)
}
