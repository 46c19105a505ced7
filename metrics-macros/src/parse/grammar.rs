//! What all grammars here share: items that commas separate, and options that are given once.

use proc_macro2::{Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseBuffer, ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Error, Expr, Ident, Lit, LitStr, Meta, Path, Result, Token, Type, parenthesized};

use crate::diagnostic::Diagnostics;
use crate::tokens::text::to_source;

/// An option's value, and where its key stands.
#[derive(Clone)]
pub(crate) struct Keyed<T> {
    pub(crate) key: Span,
    pub(crate) value: T,
}

/// Parses items that commas separate. After a mistake it continues after the next comma.
pub(crate) fn each_item(
    input: ParseStream,
    diagnostics: &mut Diagnostics,
    mut parse_item: impl FnMut(ParseStream, &mut Diagnostics) -> Result<()>,
) {
    while !input.is_empty() {
        let parsed = parse_item(input, diagnostics);
        let is_separated = parsed.is_ok() && (input.is_empty() || input.peek(Token![,]));
        match parsed {
            Err(error) => diagnostics.add(error),
            Ok(()) if !is_separated => diagnostics.at(input.span(), "a comma is missing before this item: add `,`"),
            Ok(()) => {}
        }
        skip_to(input, &[',']);
        let _ = input.parse::<Token![,]>();
    }
}

/// Skips the tokens before the next of these characters.
pub(crate) fn skip_to(input: ParseStream, ends: &[char]) {
    // After the last token nothing can be parsed, so the loop ends there at the latest.
    while let Ok(token) = input.fork().parse::<TokenTree>() {
        if matches!(&token, TokenTree::Punct(punct) if ends.contains(&punct.as_char())) {
            return;
        }
        let _ = input.parse::<TokenTree>();
    }
}

/// Parses the options in each attribute with this name, `#[name(…)]`.
pub(crate) fn each_option(
    attributes: &[Attribute],
    name: &str,
    example: &str,
    diagnostics: &mut Diagnostics,
    mut parse_option: impl FnMut(ParseStream, &mut Diagnostics) -> Result<()>,
) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        let Meta::List(list) = &attribute.meta else {
            diagnostics.under(&attribute.meta, format!("`#[{name}]` takes options in parentheses: write `{example}`"));
            continue;
        };
        let parser = |input: ParseStream| {
            each_item(input, diagnostics, &mut parse_option);
            Ok(())
        };
        if let Err(error) = parser.parse2(list.tokens.clone()) {
            diagnostics.add(error);
        }
    }
}

/// Parses the name of an option.
pub(crate) fn parse_key(input: ParseStream, example: &str) -> Result<Ident> {
    if input.peek(Lit) {
        let literal: Lit = input.parse()?;
        return Err(Error::new(
            literal.span(),
            format!("the name of an option is missing before this value: write `{example}`"),
        ));
    }
    input
        .call(Ident::parse_any)
        .map_err(|error| Error::new(error.span(), format!("the name of an option is expected here: write `{example}`")))
}

/// Keeps an option's value, or reports that the option has one already.
pub(crate) fn set_once<T>(slot: &mut Option<Keyed<T>>, key: &Ident, value: T, diagnostics: &mut Diagnostics) {
    if slot.is_some() {
        diagnostics.at(key.span(), format!("`{key}` is given twice: remove one of them"));
    } else {
        *slot = Some(Keyed { key: key.span(), value });
    }
}

/// Parses the value after `key =`.
pub(crate) fn parse_value_of<T>(
    key: &Ident,
    input: ParseStream,
    example: &str,
    parse: impl FnOnce(ParseStream) -> Result<T>,
) -> Result<T> {
    if !input.peek(Token![=]) {
        return Err(Error::new(key.span(), format!("`{key}` takes a value: write `{key} = {example}`")));
    }
    input.parse::<Token![=]>()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(Error::new(key.span(), format!("the value of `{key}` is missing: write `{key} = {example}`")));
    }
    parse(input)
}

/// Parses the type after `key:`.
pub(crate) fn parse_type_of(key: &Ident, input: ParseStream, message: &str) -> Result<Type> {
    if !input.peek(Token![:]) || input.peek(Token![::]) {
        return Err(Error::new(key.span(), message));
    }
    let colon: Token![:] = input.parse()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(Error::new(colon.span, message));
    }
    input.parse().map_err(|error: Error| Error::new(error.span(), message))
}

/// Opens the list in `key(…)`.
pub(crate) fn parse_list_of<'a>(key: &Ident, input: ParseStream<'a>, example: &str) -> Result<ParseBuffer<'a>> {
    if !input.peek(syn::token::Paren) {
        return Err(Error::new(key.span(), format!("`{key}` takes a list in parentheses: write `{example}`")));
    }
    let content;
    parenthesized!(content in input);
    Ok(content)
}

/// Parses an expression. A `macro_rules!` macro puts an invisible group around what it inserts for `$name:literal`.
pub(crate) fn parse_value(input: ParseStream) -> Result<Expr> {
    let mut value: Expr = input.parse()?;
    while let Expr::Group(group) = value {
        value = *group.expr;
    }
    Ok(value)
}

/// Parses a string literal.
pub(crate) fn parse_string(input: ParseStream, message: &str) -> Result<LitStr> {
    match parse_value(input)? {
        Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => Ok(text),
        other => Err(Error::new(other.span(), message)),
    }
}

/// Parses the runtime's path after `crate =`. Serde takes it in quotes, so users often write quotes: that is an error,
/// and the path is used all the same, so that no second error follows.
pub(crate) fn parse_runtime_path(input: ParseStream, diagnostics: &mut Diagnostics) -> Result<Path> {
    let wrong =
        |span, path: &str| Error::new(span, format!("`crate` takes a path without quotes: write `crate = {path}`"));
    if let Ok(text) = input.fork().parse::<LitStr>() {
        input.parse::<LitStr>()?;
        let path = text.parse_with(Path::parse_mod_style).map_err(|_| wrong(text.span(), "path"))?;
        diagnostics.add(wrong(text.span(), &to_source(&path)));
        return Ok(path);
    }
    input.call(Path::parse_mod_style).map_err(|error| wrong(error.span(), "path"))
}
