//! Writes JSON.

use std::fmt::{Display, Write as _};

/// An object that is written field by field, into a text.
pub(crate) struct Object<'a> {
    json: &'a mut String,
    is_empty: bool,
}

/// Appends an object.
pub(crate) fn push_object(json: &mut String, write: impl FnOnce(&mut Object<'_>)) {
    json.push('{');
    write(&mut Object { json, is_empty: true });
    json.push('}');
}

/// Appends a list.
pub(crate) fn push_list<T>(
    json: &mut String,
    items: impl IntoIterator<Item = T>,
    mut push: impl FnMut(&mut String, T),
) {
    json.push('[');
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            json.push(',');
        }
        push(json, item);
    }
    json.push(']');
}

/// Appends a text.
pub(crate) fn push_text(json: &mut String, text: &str) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                json.push('\\');
                json.push(character);
            }
            // Writing to a string does not fail.
            '\0'..='\u{1f}' => {
                let _ = write!(json, "\\u{:04x}", u32::from(character));
            }
            _ => json.push(character),
        }
    }
    json.push('"');
}

/// Appends a number, which must be finite: JSON has no other.
pub(crate) fn push_number(json: &mut String, number: impl Display) {
    let _ = write!(json, "{number}");
}

impl Object<'_> {
    fn name(&mut self, name: &str) {
        if !self.is_empty {
            self.json.push(',');
        }
        self.is_empty = false;
        push_text(self.json, name);
        self.json.push(':');
    }

    pub(crate) fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        push_text(self.json, text);
    }

    pub(crate) fn number(&mut self, name: &str, number: impl Display) {
        self.name(name);
        push_number(self.json, number);
    }

    pub(crate) fn object(&mut self, name: &str, write: impl FnOnce(&mut Object<'_>)) {
        self.name(name);
        push_object(self.json, write);
    }

    pub(crate) fn list<T>(&mut self, name: &str, items: impl IntoIterator<Item = T>, push: impl FnMut(&mut String, T)) {
        self.name(name);
        push_list(self.json, items, push);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_written() {
        let mut json = String::new();
        push_object(&mut json, |object| {
            object.text("a", "b");
            object.number("n", 0.25);
            object.list("empty", [0; 0], push_number);
            object.list("list", [1, 2], push_number);
            object.object("inner", |_| {});
        });
        assert_eq!(json, r#"{"a":"b","n":0.25,"empty":[],"list":[1,2],"inner":{}}"#);
    }

    #[test]
    fn a_text_is_escaped() {
        let mut json = String::new();
        push_text(&mut json, "a \"b\" \\ \n\u{0}\u{1f}</script>é\u{2028}");
        assert_eq!(json, "\"a \\\"b\\\" \\\\ \\u000a\\u0000\\u001f</script>é\u{2028}\"");
    }
}
