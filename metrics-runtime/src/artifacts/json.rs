//! JSON whose members stay in the order in which they are written.
//!
//! `serde_json` sorts them, or does not, by a feature that any crate of the program may switch on. The files would then
//! differ from program to program.

use std::fmt::{self, Write as _};

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Json {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<u32> for Json {
    fn from(value: u32) -> Self {
        Self::Number(value.into())
    }
}

impl From<&str> for Json {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Json {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Json {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

/// An object, with its members in this order: `object! { "title" => title, "type" => "row" }`.
macro_rules! object {
    ($($name:literal => $value:expr),* $(,)?) => {
        $crate::artifacts::json::Json::Object(vec![$(($name, $crate::artifacts::json::Json::from($value))),*])
    };
}
pub(super) use object;

impl fmt::Display for Json {
    /// With an indentation of two spaces.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

impl Json {
    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(value) if value.is_finite() => write!(f, "{value}"),
            // JSON has no other numbers.
            Self::Number(_) => f.write_str("null"),
            Self::Text(text) => write_text(f, text),
            Self::List(values) => write_members(f, depth, ('[', ']'), values, |f, value| value.write(f, depth + 1)),
            Self::Object(members) => write_members(f, depth, ('{', '}'), members, |f, (name, value)| {
                write_text(f, name)?;
                f.write_str(": ")?;
                value.write(f, depth + 1)
            }),
        }
    }
}

fn write_members<T>(
    f: &mut fmt::Formatter<'_>,
    depth: usize,
    (open, close): (char, char),
    members: &[T],
    write_one: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    f.write_char(open)?;
    for (at, member) in members.iter().enumerate() {
        let separator = if at == 0 { "" } else { "," };
        write!(f, "{separator}\n{:1$}", "", (depth + 1) * 2)?;
        write_one(f, member)?;
    }
    if !members.is_empty() {
        write!(f, "\n{:1$}", "", depth * 2)?;
    }
    f.write_char(close)
}

/// A text in quotes. It is also a text in YAML's double quotes, whose escapes contain those of JSON.
pub(super) fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}

/// Whether a character cannot stand in a file for itself: a control character, or a separator of lines that YAML knows.
pub(super) fn is_unsafe(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            _ if is_unsafe(character) => write!(f, "\\u{:04x}", u32::from(character))?,
            _ => f.write_char(character)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stay_in_order() {
        let value =
            object! { "title" => "a \"b\"\n\u{1}", "empty" => Json::List(Vec::new()), "list" => vec![1_u32, 2] };
        let text = "{\n  \"title\": \"a \\\"b\\\"\\n\\u0001\",\n  \"empty\": [],\n  \"list\": [\n    1,\n    2\n  ]\n}";
        assert_eq!(value.to_string(), text);
        assert_eq!(Json::Number(f64::NAN).to_string(), "null");
        assert_eq!(Json::from(0.25).to_string(), "0.25");
        assert_eq!(Json::from(true).to_string(), "true");
    }
}
