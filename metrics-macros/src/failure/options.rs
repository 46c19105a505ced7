//! What stands in `#[failure(…)]`.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Error, Ident, Path, Result, Token, Type};

use crate::diagnostic::{listed, nearest};

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

/// What stands before the type: `#[failure(reason: MyReasons, crate = path)]`.
#[derive(Default)]
pub struct Container {
    pub reason: Option<Type>,
    pub krate: Option<Path>,
}

/// What stands before a variant, or before a struct: `#[failure(timeout, reason = Slow)]`.
#[derive(Default)]
pub struct Options {
    pub class: Option<(Class, Span)>,
    pub reason: Option<Ident>,
}

/// Reads the options of the type; those of a struct as a variant stand in the same attributes, and are passed over.
pub fn container(attributes: &[Attribute]) -> Result<Container> {
    let mut container = Container::default();
    each(attributes, |meta| {
        if meta.path.is_ident("crate") {
            if container.krate.is_some() {
                return Err(meta.error("`crate` is given twice: keep one of them"));
            }
            container.krate = Some(meta.value()?.call(Path::parse_mod_style)?);
        } else if meta.path.is_ident("reason") && meta.input.peek(Token![:]) {
            if container.reason.is_some() {
                return Err(meta.error("`reason` is given twice: keep one of them"));
            }
            meta.input.parse::<Token![:]>()?;
            container.reason = Some(meta.input.parse()?);
        } else if meta.input.peek(Token![=]) {
            meta.value()?.parse::<Ident>()?;
        }
        Ok(())
    })?;
    Ok(container)
}

/// Reads the options of a variant.
pub fn variant(attributes: &[Attribute]) -> Result<Options> {
    let mut options = Options::default();
    each(attributes, |meta| {
        let word = meta.path.require_ident()?.clone();
        let text = word.to_string();
        if let Some(class) = CLASSES.into_iter().find(|class| class.name() == text) {
            if options.class.is_some() {
                return Err(Error::new(word.span(), "it is classified twice: keep one of them"));
            }
            options.class = Some((class, word.span()));
            return Ok(());
        }
        match text.as_str() {
            "reason" if meta.input.peek(Token![=]) => {
                if options.reason.is_some() {
                    return Err(Error::new(word.span(), "`reason` is given twice: keep one of them"));
                }
                options.reason = Some(meta.value()?.parse().map_err(|error| {
                    Error::new(error.span(), "the reason is the name of one of the set's variants: `reason = Slow`")
                })?);
                Ok(())
            }
            // The type's, where this is a struct.
            "reason" if meta.input.peek(Token![:]) => {
                meta.input.parse::<Token![:]>()?;
                meta.input.parse::<Type>().map(|_| ())
            }
            "crate" => meta.value()?.call(Path::parse_mod_style).map(|_| ()),
            "reason" => Err(Error::new(word.span(), "the reason has no value: write `reason = Slow`")),
            _ => {
                let known = CLASSES.map(Class::name);
                let meant = nearest(&text, known).map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
                Err(Error::new(word.span(), format!("a failure is one of {}, not `{text}`{meant}", listed(known))))
            }
        }
    })?;
    Ok(options)
}

fn each(attributes: &[Attribute], mut option: impl FnMut(ParseNestedMeta) -> Result<()>) -> Result<()> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("failure"))
        .try_for_each(|attribute| attribute.parse_nested_meta(&mut option))
}
