//! How names are written: in Rust's source, and on the page of metrics.

use syn::Ident;
use syn::ext::IdentExt;

/// The name without the `r#` that makes a keyword a name.
pub(crate) fn unraw(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// Whether a name is written as the names of statics are.
pub(crate) fn is_in_capitals(ident: &Ident) -> bool {
    !unraw(ident).contains(|letter: char| letter.is_lowercase())
}

/// `ImageCount` and `image-count` as `image_count`.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let characters: Vec<char> = name.chars().collect();
    for (at, character) in characters.iter().copied().enumerate() {
        if character.is_ascii_uppercase() {
            let after_lower =
                at > 0 && (characters[at - 1].is_ascii_lowercase() || characters[at - 1].is_ascii_digit());
            let before_lower = characters.get(at + 1).is_some_and(char::is_ascii_lowercase);
            let after_upper = at > 0 && characters[at - 1].is_ascii_uppercase();
            if after_lower || (after_upper && before_lower) {
                snake.push('_');
            }
            snake.push(character.to_ascii_lowercase());
        } else if character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_' {
            snake.push(character);
        } else if !snake.ends_with('_') {
            snake.push('_');
        }
    }
    snake.trim_start_matches(|first: char| first.is_ascii_digit() || first == '_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_become_label_values() {
        assert_eq!(snake_case("Text2image"), "text2image");
        assert_eq!(snake_case("ClientError"), "client_error");
        assert_eq!(snake_case("HTTPStatus"), "http_status");
        assert_eq!(snake_case("GetV2Page"), "get_v2_page");
    }
}
