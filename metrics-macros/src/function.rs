//! The annotated function: its signature parsed, its body kept as it was written.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, FnArg, Ident, Pat, Result, Signature, Token, Type, Visibility};

/// A function or a method with a body.
pub struct Function {
    pub attributes: Vec<Attribute>,
    visibility: Visibility,
    defaultness: Option<TokenTree>,
    pub signature: Signature,
    /// The braces and what stands between them. It is not parsed: an incomplete body, as while somebody is typing,
    /// still has its signature, and a long one costs nothing.
    pub body: Body,
}

pub enum Body {
    Block(Group),
    /// A required method of a trait.
    Missing(Token![;]),
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
            match input.parse()? {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Body::Block(group),
                other => return Err(syn::Error::new(other.span(), "expected the body of the function")),
            }
        };
        Ok(Self { attributes, visibility, defaultness, signature, body })
    }
}

impl Function {
    /// The type of the parameter with this name, where it is a plain `name: Type`.
    pub fn parameter(&self, name: &Ident) -> Option<&Type> {
        self.parameters().find(|(parameter, _)| *parameter == name).map(|(_, ty)| ty)
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

    /// The first sentence of the doc comment.
    pub fn first_sentence(&self) -> Option<String> {
        first_sentence(&self.attributes)
    }

    /// The function with another body.
    pub fn with_body(&self, body: &TokenStream) -> TokenStream {
        let Self { attributes, visibility, defaultness, signature, .. } = self;
        let mut tokens = TokenStream::new();
        tokens.append_all(attributes);
        visibility.to_tokens(&mut tokens);
        defaultness.to_tokens(&mut tokens);
        signature.to_tokens(&mut tokens);
        body.to_tokens(&mut tokens);
        tokens
    }

    /// The function as it was, with `first` at the beginning of its body.
    pub fn unmeasured(&self, first: &TokenStream) -> TokenStream {
        let body = match &self.body {
            Body::Block(group) => {
                let statements = group.stream();
                quote!({ #first #statements })
            }
            Body::Missing(semicolon) => semicolon.to_token_stream(),
        };
        self.with_body(&body)
    }
}

/// The first sentence of a doc comment, on one line.
pub fn first_sentence(attributes: &[Attribute]) -> Option<String> {
    let mut paragraph = String::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("doc")) {
        let syn::Meta::NameValue(pair) = &attribute.meta else { continue };
        let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value else { continue };
        let text = text.value();
        let mut ended = false;
        for line in text.lines().map(|line| line.trim().trim_start_matches("* ")) {
            if line.is_empty() && !paragraph.is_empty() {
                ended = true;
                break;
            }
            if !line.is_empty() {
                if !paragraph.is_empty() {
                    paragraph.push(' ');
                }
                paragraph.push_str(line);
            }
        }
        if ended || (text.trim().is_empty() && !paragraph.is_empty()) {
            break;
        }
    }
    let end = paragraph.match_indices(['.', '!', '?']).map(|(at, _)| at + 1).find(|at| {
        paragraph[*at..].starts_with(' ') && !paragraph[..*at].ends_with("e.g.") && !paragraph[..*at].ends_with("i.e.")
    });
    paragraph.truncate(end.unwrap_or(paragraph.len()));
    (!paragraph.is_empty()).then_some(paragraph)
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn sentence(item: &syn::ItemFn) -> Option<String> {
        first_sentence(&item.attrs)
    }

    #[test]
    fn the_first_sentence_ends_at_its_point_or_paragraph() {
        let two: syn::ItemFn = parse_quote! {
            /// Generates one image: submits the workflow
            /// and polls. Then it rests.
            fn f() {}
        };
        assert_eq!(sentence(&two).as_deref(), Some("Generates one image: submits the workflow and polls."));
        let paragraph: syn::ItemFn = parse_quote! {
            /// Draws v1.5 images, e.g. faces
            ///
            /// # Errors
            fn f() {}
        };
        assert_eq!(sentence(&paragraph).as_deref(), Some("Draws v1.5 images, e.g. faces"));
        let none: syn::ItemFn = parse_quote! { fn f() {} };
        assert_eq!(sentence(&none), None);
    }
}
