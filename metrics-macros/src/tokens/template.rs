//! Code of a known form: compares tokens with a template, and finds the place in them that is to be replaced.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;

/// In a template: any tokens. It stands at most once in each group.
const ANY: &str = "__any";

/// In a template: the whole content of the group that is looked for.
const HERE: &str = "__here";

/// Tokens, and the way to one group in them.
pub(crate) struct Found {
    tokens: TokenStream,
    /// At each depth, the position of the group that leads there.
    way: Vec<usize>,
    group: Group,
}

impl Found {
    /// Compares the tokens with a template. `None` if anything but the content of `__any` and `__here` is different.
    pub(crate) fn in_tokens(template: TokenStream, tokens: &TokenStream) -> Option<Self> {
        let mut search = Search { way: Vec::new(), found: None };
        if !search.compare(template, tokens.clone()) {
            return None;
        }
        let (way, group) = search.found?;
        Some(Self { tokens: tokens.clone(), way, group })
    }

    /// The group that was looked for.
    pub(crate) const fn group(&self) -> &Group {
        &self.group
    }

    /// The tokens, with another content of the group.
    pub(crate) fn with(&self, content: &TokenStream) -> TokenStream {
        replaced(self.tokens.clone(), &self.way, content)
    }
}

fn replaced(tokens: TokenStream, way: &[usize], content: &TokenStream) -> TokenStream {
    let Some((position, deeper)) = way.split_first() else { return content.clone() };
    let replace = |(at, token)| match token {
        TokenTree::Group(group) if at == *position => {
            let mut other = Group::new(group.delimiter(), replaced(group.stream(), deeper, content));
            other.set_span(group.span());
            TokenTree::Group(other)
        }
        token => token,
    };
    tokens.into_iter().enumerate().map(replace).collect()
}

struct Search {
    /// The way to the group that is compared now.
    way: Vec<usize>,
    found: Option<(Vec<usize>, Group)>,
}

impl Search {
    fn compare(&mut self, template: TokenStream, tokens: TokenStream) -> bool {
        let (template, tokens): (Vec<_>, Vec<_>) = (template.into_iter().collect(), tokens.into_iter().collect());
        let any = template.iter().position(|token| is_name(token, ANY));
        let (front, back) = match any {
            Some(at) if tokens.len() >= template.len() - 1 => (&template[..at], &template[at + 1..]),
            None if tokens.len() == template.len() => (&template[..], &[][..]),
            _ => return false,
        };
        let skipped = tokens.len() - back.len();
        front.iter().zip(&tokens).enumerate().all(|(at, (template, token))| self.is_same(template, token, at))
            && back
                .iter()
                .zip(&tokens[skipped..])
                .enumerate()
                .all(|(at, (template, token))| self.is_same(template, token, skipped + at))
    }

    fn is_same(&mut self, template: &TokenTree, token: &TokenTree, at: usize) -> bool {
        match (template, token) {
            (TokenTree::Group(template), TokenTree::Group(group)) => {
                if template.delimiter() != group.delimiter() {
                    return false;
                }
                self.way.push(at);
                let is_same = if is_here(template) {
                    self.found = Some((self.way.clone(), group.clone()));
                    true
                } else {
                    self.compare(template.stream(), group.stream())
                };
                self.way.pop();
                is_same
            }
            (TokenTree::Group(_), _) | (_, TokenTree::Group(_)) => false,
            (template, token) => template.to_string() == token.to_string(),
        }
    }
}

fn is_here(group: &Group) -> bool {
    group.delimiter() == Delimiter::Brace && group.stream().into_token_stream().to_string() == HERE
}

fn is_name(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    /// The tokens with `new` in the group that the template finds.
    fn replace(template: TokenStream, tokens: &TokenStream) -> Option<String> {
        Found::in_tokens(template, tokens).map(|found| found.with(&quote!(new)).to_string())
    }

    #[test]
    fn the_group_is_found_and_replaced() {
        let template = quote!({
            let a = span!(__any);
            __any { __here }
        });
        let tokens = quote!({
            let a = span!(1, 2);
            b;
            { old }
        });
        assert_eq!(
            replace(template, &tokens),
            Some(
                quote!({
                    let a = span!(1, 2);
                    b;
                    { new }
                })
                .to_string()
            )
        );
        let (template, tokens) = (
            quote!(if __any {
                __here
            }),
            quote!(if { old }),
        );
        assert_eq!(replace(template, &tokens), Some(quote!(if { new }).to_string()));
    }

    #[test]
    fn tokens_of_another_form_are_not_the_template() {
        let template = || quote!(let a = (__any); f({ __here }));
        assert!(replace(template(), &quote!(let a = (1); f({ old }))).is_some());
        for other in [
            quote!(let b = (1); f({ old })),
            quote!(let a = [1]; f({ old })),
            quote!(let a = (1); f(old)),
            quote!(let a = (1); f({ old }); g()),
            quote!(let a = (1)),
            quote!(),
        ] {
            assert_eq!(replace(template(), &other), None, "{other}");
        }
    }
}
