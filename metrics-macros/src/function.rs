//! The annotated function: its signature parsed, its body kept as it was written.

use crate::grammar::unraw;
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, FnArg, Ident, Item, Pat, Result, Signature, Token, Type, Visibility};

use crate::help;

/// A function or a method with a body.
pub struct Function {
    pub attributes: Vec<Attribute>,
    visibility: Visibility,
    defaultness: Option<TokenTree>,
    pub signature: Signature,
    pub body: Body,
}

pub enum Body {
    Block(Block),
    /// A required method of a trait.
    Missing(Token![;]),
}

/// The body. It is not parsed: an incomplete one, as while somebody is typing, still has its signature, and a long one
/// costs nothing.
pub struct Block {
    /// Where its braces stand.
    pub span: Span,
    /// `#![allow(…)]` at its beginning.
    inner_attributes: TokenStream,
    /// The items at its beginning. What is added stands behind them: clippy does not like items after statements.
    pub items: TokenStream,
    /// The rest.
    pub statements: TokenStream,
}

impl Block {
    fn of(group: &Group) -> Self {
        let mut inner_attributes = TokenStream::new();
        let mut rest = group.stream().into_iter().peekable();
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
        let (items, statements) = if begins_with_item(&rest) {
            split_items.parse2(rest.clone()).unwrap_or((TokenStream::new(), rest))
        } else {
            (TokenStream::new(), rest)
        };
        Self { span: group.span(), inner_attributes, items, statements }
    }
}

/// Most bodies do not; only where one may, it is worth parsing.
fn begins_with_item(tokens: &TokenStream) -> bool {
    const KEYWORDS: [&str; 10] =
        ["use", "const", "static", "fn", "struct", "enum", "type", "impl", "trait", "macro_rules"];
    tokens.clone().into_iter().next().is_some_and(|token| match &token {
        TokenTree::Ident(ident) => KEYWORDS.iter().any(|keyword| ident == keyword),
        token => is_punct(token, '#'),
    })
}

/// The items at the beginning, and the rest.
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

/// The block in a group that is not seen: so a `macro_rules!` macro puts in what it was given as `$body:block`.
fn unwrapped(token: TokenTree) -> TokenTree {
    match &token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            group.stream().into_iter().next().map_or(token.clone(), unwrapped)
        }
        _ => token,
    }
}

/// Statements in braces that stand where `span` says: what the compiler reports about a block, it reports there.
pub fn braced(span: Span, statements: TokenStream) -> Group {
    let mut group = Group::new(Delimiter::Brace, statements);
    group.set_span(span);
    group
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
            match unwrapped(input.parse()?) {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Body::Block(Block::of(&group)),
                other => return Err(syn::Error::new(other.span(), "expected the body of the function")),
            }
        };
        Ok(Self { attributes, visibility, defaultness, signature, body })
    }
}

impl Function {
    /// The parameter with this name, where it is a plain `name: Type`.
    pub fn parameter(&self, name: &Ident) -> Option<(&Ident, &Type)> {
        let name = unraw(name);
        self.parameters().find(|(parameter, _)| unraw(parameter) == name)
    }

    /// The parameters that have a name.
    pub fn parameters(&self) -> impl Iterator<Item = (&Ident, &Type)> {
        self.signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(pattern) => Some((&pattern.ident, &*typed.ty)),
                _ => None,
            },
            FnArg::Receiver(_) => None,
        })
    }

    /// Whether `Location::caller()` in the body is to show the caller.
    pub fn tracks_caller(&self) -> bool {
        self.signature.asyncness.is_none()
            && self.attributes.iter().any(|attribute| attribute.path().is_ident("track_caller"))
    }

    /// The first sentence of the doc comment.
    pub fn first_sentence(&self) -> Option<String> {
        help::first_sentence(&self.attributes)
    }

    /// The function with other statements.
    pub fn with_statements(&self, statements: &TokenStream) -> TokenStream {
        self.with(&self.signature, statements)
    }

    /// The function with another signature and other statements.
    pub fn with(&self, signature: &Signature, statements: &TokenStream) -> TokenStream {
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

    /// The function as it was, with `first` at the beginning of its body.
    pub fn unmeasured(&self, first: &TokenStream) -> TokenStream {
        let statements = match &self.body {
            Body::Block(Block { items, statements, .. }) => quote!(#items #statements),
            Body::Missing(_) => TokenStream::new(),
        };
        self.with_statements(&quote!(#first #statements))
    }
}
