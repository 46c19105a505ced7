//! The annotated function: its signature is parsed, its body is kept as it was written.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, FnArg, Ident, Item, Pat, Result, Signature, Token, Type, Visibility};

use crate::names::unraw;
use crate::parse::doc_comment;
use crate::tokens::hygiene::braced;

/// A function or a method with a body.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    visibility: Visibility,
    defaultness: Option<TokenTree>,
    pub(crate) signature: Signature,
    pub(crate) body: Body,
}

pub(crate) enum Body {
    Block(Block),
    /// A required method of a trait.
    Missing(Token![;]),
}

/// The body. It is not parsed: so a function whose body is incomplete, as while the user is typing, still has its
/// signature, and a long body costs nothing.
pub(crate) struct Block {
    /// Where its braces stand.
    pub(crate) span: Span,
    /// `#![allow(…)]` at its beginning.
    inner_attributes: TokenStream,
    /// The items at its beginning. Generated statements stand after them: clippy warns of items after statements.
    pub(crate) items: TokenStream,
    /// The statements after the items.
    pub(crate) statements: TokenStream,
}

impl Block {
    fn parse(group: &Group) -> Self {
        Self::of(group.stream(), group.span())
    }

    /// The block with these tokens in it.
    pub(crate) fn of(content: TokenStream, span: Span) -> Self {
        let mut inner_attributes = TokenStream::new();
        let mut rest = content.into_iter().peekable();
        while let Some(TokenTree::Punct(hash)) = rest.peek().filter(|token| is_punct(token, '#')).cloned() {
            let mut ahead = rest.clone().skip(1);
            let (Some(bang), Some(TokenTree::Group(content))) = (ahead.next(), ahead.next()) else { break };
            if !is_punct(&bang, '!') {
                break;
            }
            inner_attributes.extend([TokenTree::Punct(hash), bang, TokenTree::Group(content)]);
            rest.nth(2);
        }
        let rest: TokenStream = rest.collect();
        let (items, statements) = if may_begin_with_item(&rest) {
            split_items.parse2(rest.clone()).unwrap_or((TokenStream::new(), rest))
        } else {
            (TokenStream::new(), rest)
        };
        Self { span, inner_attributes, items, statements }
    }
}

/// Whether a body may begin with an item. Most do not, and need not be parsed.
fn may_begin_with_item(tokens: &TokenStream) -> bool {
    const KEYWORDS: [&str; 10] =
        ["use", "const", "static", "fn", "struct", "enum", "type", "impl", "trait", "macro_rules"];
    tokens.clone().into_iter().next().is_some_and(|token| match &token {
        TokenTree::Ident(ident) => KEYWORDS.iter().any(|keyword| ident == keyword),
        token => is_punct(token, '#'),
    })
}

/// The items at the beginning, and the statements after them.
fn split_items(input: ParseStream) -> Result<(TokenStream, TokenStream)> {
    let mut items = TokenStream::new();
    loop {
        let ahead = input.fork();
        match ahead.parse::<Item>() {
            Ok(item) => {
                item.to_tokens(&mut items);
                input.advance_to(&ahead);
            }
            Err(_) => return Ok((items, input.parse()?)),
        }
    }
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// The block in an invisible group: a `macro_rules!` macro puts one around what it inserts for `$body:block`.
fn without_invisible_groups(token: TokenTree) -> TokenTree {
    match &token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            group.stream().into_iter().next().map_or(token.clone(), without_invisible_groups)
        }
        _ => token,
    }
}

impl Parse for Function {
    fn parse(input: ParseStream) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let defaultness = if input.peek(Token![default]) && !input.peek2(Token![!]) {
            Some(input.parse::<Token![default]>()?.into_token_stream().into_iter().next()).flatten()
        } else {
            None
        };
        let signature = input.parse()?;
        let body = if input.peek(Token![;]) {
            Body::Missing(input.parse()?)
        } else {
            match without_invisible_groups(input.parse()?) {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Body::Block(Block::parse(&group)),
                other => {
                    return Err(syn::Error::new(
                        other.span(),
                        "the body of the function is expected here: write `{ … }`",
                    ));
                }
            }
        };
        Ok(Self { attributes, visibility, defaultness, signature, body })
    }
}

impl Function {
    /// The parameter with this name, if it is a plain `name: Type`.
    pub(crate) fn parameter(&self, name: &Ident) -> Option<(&Ident, &Type)> {
        let name = unraw(name);
        self.parameters().find(|(parameter, _)| unraw(parameter) == name)
    }

    /// The parameters that have a name.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&Ident, &Type)> {
        self.signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(pattern) => Some((&pattern.ident, &*typed.ty)),
                _ => None,
            },
            FnArg::Receiver(_) => None,
        })
    }

    /// Whether `Location::caller()` in the body must give the place of the call.
    pub(crate) fn has_track_caller(&self) -> bool {
        self.signature.asyncness.is_none()
            && self.attributes.iter().any(|attribute| attribute.path().is_ident("track_caller"))
    }

    /// The first sentence of the doc comment.
    pub(crate) fn first_sentence(&self) -> Option<String> {
        doc_comment::first_sentence(&self.attributes)
    }

    /// The function with other statements.
    pub(crate) fn with_statements(&self, statements: &TokenStream) -> TokenStream {
        self.with(&self.signature, statements)
    }

    /// The function with another signature and other statements.
    pub(crate) fn with(&self, signature: &Signature, statements: &TokenStream) -> TokenStream {
        let Self { attributes, visibility, defaultness, body, .. } = self;
        let body = match body {
            Body::Block(block) => {
                let inner_attributes = &block.inner_attributes;
                braced(block.span, quote!(#inner_attributes #statements)).into_token_stream()
            }
            Body::Missing(semicolon) => semicolon.to_token_stream(),
        };
        quote!(#(#attributes)* #visibility #defaultness #signature #body)
    }

    /// The function without measurement, with `first` at the beginning of its body.
    pub(crate) fn unmeasured(&self, first: &TokenStream) -> TokenStream {
        let statements = match &self.body {
            Body::Block(Block { items, statements, .. }) => quote!(#items #statements),
            Body::Missing(_) => TokenStream::new(),
        };
        self.with_statements(&quote!(#first #statements))
    }
}
