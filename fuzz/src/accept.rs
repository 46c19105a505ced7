//! A reader of `Accept` and `Accept-Encoding`: <https://www.rfc-editor.org/rfc/rfc9110#section-12.5>.

/// One item of a header, with its parameters.
pub(crate) struct Item {
    pub(crate) name: String,
    parameters: Vec<(String, String)>,
}

impl Item {
    /// The last one of this name counts.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().rev().find(|(other, _)| other == name).map(|(_, value)| &**value)
    }

    /// A weight that is not one is left out; the usual weight is 1.
    pub(crate) fn weight(&self) -> f32 {
        let number = self.parameter("q").and_then(|text| text.trim().parse::<f32>().ok());
        number.filter(|number| (0.0..=1.0).contains(number)).unwrap_or(1.0)
    }
}

pub(crate) fn items<'a>(values: impl Iterator<Item = &'a str>) -> Vec<Item> {
    values.flat_map(|value| split(value, ',')).map(item).collect()
}

fn item(text: &str) -> Item {
    let mut parts = split(text, ';').into_iter().map(|part| part.trim().to_ascii_lowercase());
    let name = parts.next().unwrap_or_default();
    let parameters = parts.filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        Some((name.to_owned(), plain(value)))
    });
    Item { name, parameters: parameters.collect() }
}

/// The parts of a text, without those separators that are between quotes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ if letter == separator && !is_quoted => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// A value without its quotes.
fn plain(value: &str) -> String {
    let Some(quoted) = value.strip_prefix('"') else { return value.to_owned() };
    let (mut plain, mut letters) = (String::new(), quoted.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '"' => break,
            '\\' => plain.extend(letters.next()),
            other => plain.push(other),
        }
    }
    plain
}
