//! How the name of a variant becomes a value: the words of `rename_all`, which are serde's.

use crate::diagnostic::{listed, nearest};
use crate::names::snake_case;

/// A form of names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    #[default]
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl Case {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Lower, "lowercase"),
        (Self::Upper, "UPPERCASE"),
        (Self::Pascal, "PascalCase"),
        (Self::Camel, "camelCase"),
        (Self::Snake, "snake_case"),
        (Self::ScreamingSnake, "SCREAMING_SNAKE_CASE"),
        (Self::Kebab, "kebab-case"),
        (Self::ScreamingKebab, "SCREAMING-KEBAB-CASE"),
    ];

    /// The form that a word of `rename_all` names.
    ///
    /// # Errors
    ///
    /// There is no such word. The text says which there are.
    pub(super) fn of(word: &str) -> Result<Self, String> {
        let words = || Self::ALL.iter().map(|(_, name)| *name);
        if let Some((case, _)) = Self::ALL.into_iter().find(|(_, name)| *name == word) {
            return Ok(case);
        }
        // Most words differ from a right one by its capitals or its separators.
        let small: Vec<String> = words().map(str::to_lowercase).collect();
        let near = nearest(&word.to_lowercase(), small.iter().map(String::as_str))
            .and_then(|near| words().find(|name| name.to_lowercase() == near));
        let the = near.map_or_else(|| "the".to_owned(), |near| format!("did you mean `{near}`? The"));
        Err(format!("`rename_all` has no form `{word}`: {the} forms are {}", listed(words())))
    }

    /// The value of a variant with this name. Words begin as in `snake_case`: `HTTPStatus` has two.
    pub(super) fn apply(self, name: &str) -> String {
        let snake = snake_case(name);
        match self {
            Self::Lower => name.to_lowercase(),
            Self::Upper => name.to_uppercase(),
            Self::Pascal => name.to_owned(),
            Self::Camel => {
                let first = snake.find('_').unwrap_or(snake.len()).min(name.len());
                // A name with other letters than ASCII is refused.
                let (first, rest) = name.split_at_checked(first).unwrap_or((name, ""));
                format!("{}{rest}", first.to_lowercase())
            }
            Self::Snake => snake,
            Self::ScreamingSnake => snake.to_uppercase(),
            Self::Kebab => snake.replace('_', "-"),
            Self::ScreamingKebab => snake.replace('_', "-").to_uppercase(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_form_that_the_word_names() {
        let all = |name: &str| Case::ALL.map(|(case, _)| case.apply(name));
        assert_eq!(
            all("ClientError"),
            [
                "clienterror",
                "CLIENTERROR",
                "ClientError",
                "clientError",
                "client_error",
                "CLIENT_ERROR",
                "client-error",
                "CLIENT-ERROR"
            ]
        );
        assert_eq!(Case::Camel.apply("HTTPStatus"), "httpStatus");
        assert_eq!(Case::Kebab.apply("HTTPStatus"), "http-status");
        assert_eq!(Case::Camel.apply("Upscale"), "upscale");
    }

    #[test]
    fn a_word_that_is_near_a_right_one_leads_to_it() {
        let meant = |word: &str| Case::of(word).expect_err("there is no such word");
        for (word, near) in [
            ("kebab_case", "kebab-case"),
            ("snake-case", "snake_case"),
            ("camel_case", "camelCase"),
            ("LowerCase", "lowercase"),
            ("SCREAMING_KEBAB_CASE", "SCREAMING-KEBAB-CASE"),
            ("pascalcase", "PascalCase"),
        ] {
            assert!(meant(word).contains(&format!("did you mean `{near}`? ")), "{}", meant(word));
        }
        assert!(!meant("title").contains("did you mean"), "{}", meant("title"));
    }
}
