//! Tokens as text, for messages.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

/// A longer text would hide the rest of a message.
const MAX_CHARACTERS: usize = 60;

/// The tokens as a person would write them, or `…` where they are many.
pub(crate) fn to_source(tokens: impl ToTokens) -> String {
    let mut text = String::new();
    write_tokens(tokens.to_token_stream(), &mut text);
    if text.chars().count() > MAX_CHARACTERS { "…".to_owned() } else { text }
}

fn write_tokens(tokens: TokenStream, text: &mut String) {
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
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => (" { ", " }"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write_tokens(group.stream(), text);
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
    fn tokens_become_text_as_they_were_written() {
        assert_eq!(to_source(quote!(self.kind.clone())), "self.kind.clone()");
        assert_eq!(to_source(quote!(kind as bool)), "kind as bool");
        assert_eq!(to_source(quote!(job::of::<u8>(1, &two)?)), "job::of::<u8>(1, &two)?");
    }
}
