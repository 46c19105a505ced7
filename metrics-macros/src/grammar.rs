//! What all grammars here have in common: items that commas separate, and options that are given once.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseBuffer, ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Error, Expr, Ident, Lit, LitStr, Meta, Path, Result, Token, Type, parenthesized};

use crate::diagnostic::Diagnostics;

/// An option's value, and the key that it was given with.
pub struct Given<T> {
    pub key: Span,
    pub value: T,
}

/// Parses the items of a list that commas separate; after a mistake it goes on behind the next comma.
pub fn each_item(
    input: ParseStream,
    diagnostics: &mut Diagnostics,
    mut item: impl FnMut(ParseStream, &mut Diagnostics) -> Result<()>,
) {
    while !input.is_empty() {
        let parsed = item(input, diagnostics);
        let separated = parsed.is_ok() && (input.is_empty() || input.peek(Token![,]));
        match parsed {
            Err(error) => diagnostics.add(error),
            Ok(()) if !separated => diagnostics.at(input.span(), "a comma is missing before this"),
            Ok(()) => {}
        }
        skip_to(input, &[',']);
        let _ = input.parse::<Token![,]>();
    }
}

/// Passes over what stands before the next of these.
pub fn skip_to(input: ParseStream, ends: &[char]) {
    // Behind the last token there is none to parse, so the loop ends there at the latest.
    while let Ok(token) = input.fork().parse::<TokenTree>() {
        if matches!(&token, TokenTree::Punct(punct) if ends.contains(&punct.as_char())) {
            return;
        }
        let _ = input.parse::<TokenTree>();
    }
}

/// Reads the options in each attribute of this name, `#[name(…)]`.
pub fn each_option_of(
    attributes: &[Attribute],
    name: &str,
    shown: &str,
    diagnostics: &mut Diagnostics,
    mut option: impl FnMut(ParseStream, &mut Diagnostics) -> Result<()>,
) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        let Meta::List(list) = &attribute.meta else {
            diagnostics
                .under(&attribute.meta, format!("`#[{name}]` takes its options in parentheses: write `{shown}`"));
            continue;
        };
        let parser = |input: ParseStream| {
            each_item(input, diagnostics, &mut option);
            Ok(())
        };
        if let Err(error) = parser.parse2(list.tokens.clone()) {
            diagnostics.add(error);
        }
    }
}

/// Parses the name of an option.
pub fn key(input: ParseStream, shown: &str) -> Result<Ident> {
    if input.peek(Lit) {
        let literal: Lit = input.parse()?;
        return Err(Error::new(literal.span(), format!("an option is missing before this value: write `{shown}`")));
    }
    input
        .call(Ident::parse_any)
        .map_err(|error| Error::new(error.span(), format!("the name of an option stands here: `{shown}`")))
}

/// Keeps an option's value, or says that it has one already.
pub fn set_once<T>(slot: &mut Option<Given<T>>, key: &Ident, value: T, diagnostics: &mut Diagnostics) {
    if slot.is_some() {
        diagnostics.at(key.span(), format!("`{key}` is given twice: keep one of them"));
    } else {
        *slot = Some(Given { key: key.span(), value });
    }
}

/// Parses what stands behind `key =`.
pub fn value_of<T>(
    key: &Ident,
    input: ParseStream,
    shown: &str,
    parse: impl FnOnce(ParseStream) -> Result<T>,
) -> Result<T> {
    if !input.peek(Token![=]) {
        return Err(Error::new(key.span(), format!("`{key}` takes a value: write `{key} = {shown}`")));
    }
    input.parse::<Token![=]>()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(Error::new(key.span(), format!("the value of `{key}` is missing: write `{key} = {shown}`")));
    }
    parse(input)
}

/// Parses the type behind `key:`.
pub fn type_of(key: &Ident, input: ParseStream, otherwise: &str) -> Result<Type> {
    if !input.peek(Token![:]) || input.peek(Token![::]) {
        return Err(Error::new(key.span(), otherwise));
    }
    let colon: Token![:] = input.parse()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(Error::new(colon.span, otherwise));
    }
    input.parse().map_err(|error: Error| Error::new(error.span(), otherwise))
}

/// Opens the list in `key(…)`.
pub fn list_of<'a>(key: &Ident, input: ParseStream<'a>, shown: &str) -> Result<ParseBuffer<'a>> {
    if !input.peek(syn::token::Paren) {
        return Err(Error::new(key.span(), format!("`{key}` takes a list in parentheses: write `{shown}`")));
    }
    let content;
    parenthesized!(content in input);
    Ok(content)
}

/// Parses an expression. What a `macro_rules!` macro puts in for `$name:literal` is in a group that is not seen.
pub fn parse_value(input: ParseStream) -> Result<Expr> {
    let mut value: Expr = input.parse()?;
    while let Expr::Group(group) = value {
        value = *group.expr;
    }
    Ok(value)
}

/// Parses a text in quotes.
pub fn string(input: ParseStream, otherwise: &str) -> Result<LitStr> {
    match parse_value(input)? {
        Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => Ok(text),
        other => Err(Error::new(other.span(), otherwise)),
    }
}

/// Parses the runtime's path behind `crate =`. Serde takes it in quotes, and so it is often written: that is an error,
/// and the path holds all the same, so that nothing else is said to be missing.
pub fn runtime_path(input: ParseStream, diagnostics: &mut Diagnostics) -> Result<Path> {
    let wrong =
        |span, shown: &str| Error::new(span, format!("`crate` takes a path without quotes: write `crate = {shown}`"));
    if let Ok(text) = input.fork().parse::<LitStr>() {
        input.parse::<LitStr>()?;
        let path = text.parse_with(Path::parse_mod_style).map_err(|_| wrong(text.span(), "path"))?;
        diagnostics.add(wrong(text.span(), &source(&path)));
        return Ok(path);
    }
    input.call(Path::parse_mod_style).map_err(|error| wrong(error.span(), "path"))
}

/// Statics are written in capitals.
pub fn is_in_capitals(ident: &Ident) -> bool {
    !unraw(ident).contains(|letter: char| letter.is_lowercase())
}

/// The name without the `r#` that makes a keyword a name.
pub fn unraw(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// More would hide the rest of a message.
const MAX_SOURCE: usize = 60;

/// The tokens as somebody would write them, or `…` where they are many.
pub fn source(tokens: impl ToTokens) -> String {
    let mut text = String::new();
    write_source(tokens.to_token_stream(), &mut text);
    if text.chars().count() > MAX_SOURCE { "…".to_owned() } else { text }
}

fn write_source(tokens: TokenStream, text: &mut String) {
    let mut after_word = false;
    for token in tokens {
        let is_word = matches!(token, TokenTree::Ident(_) | TokenTree::Literal(_));
        if is_word && after_word {
            text.push(' ');
        }
        after_word = is_word;
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => ("(", ")"),
                    proc_macro2::Delimiter::Brace => (" { ", " }"),
                    proc_macro2::Delimiter::Bracket => ("[", "]"),
                    proc_macro2::Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write_source(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(punct) if punct.as_char() == ',' => text.push_str(", "),
            other => text.push_str(&other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn tokens_are_shown_as_they_are_written() {
        assert_eq!(source(quote!(self.kind.clone())), "self.kind.clone()");
        assert_eq!(source(quote!(kind as bool)), "kind as bool");
        assert_eq!(source(quote!(job::of::<u8>(1, &two)?)), "job::of::<u8>(1, &two)?");
    }
}
