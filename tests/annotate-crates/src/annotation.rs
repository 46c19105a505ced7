//! Attributes written into the sources, line by line: all else in a file stays as it is.

use std::collections::BTreeSet;

use crate::attributes::AttributeSet;
use crate::functions::Function;

/// A file with attributes.
#[derive(Debug)]
pub struct Annotated {
    /// The text.
    pub text: String,
    /// What was inserted: the byte in the text as published, and how many bytes.
    insertions: Vec<(usize, usize)>,
}

impl Annotated {
    /// Annotates the functions of a file, except those with a number in `taken_back`.
    #[must_use]
    pub fn new(source: &str, functions: &[&Function], set: &AttributeSet, taken_back: &BTreeSet<usize>) -> Self {
        let kept = functions.iter().filter(|function| !taken_back.contains(&function.number));
        let place = |function: &Function| if set.on_top { function.range.start } else { function.insert_at };
        let mut places: Vec<(usize, usize)> = kept.map(|function| (place(function), function.number)).collect();
        places.sort_unstable();
        let (mut text, mut insertions, mut at) = (String::new(), Vec::new(), 0);
        for (place, number) in places {
            text.push_str(&source[at..place]);
            at = place;
            let line = source[..at].rfind('\n').map_or(0, |end| end + 1);
            let indentation: String = source[line..at].chars().take_while(|c| c.is_whitespace()).collect();
            let before = text.len();
            for attribute in set.lines_for(number) {
                text.push_str(&attribute);
                text.push('\n');
                text.push_str(&indentation);
            }
            insertions.push((at, text.len() - before));
        }
        text.push_str(&source[at..]);
        Self { text, insertions }
    }

    /// The byte in the text as published. A byte of an attribute is that of the function below it.
    #[must_use]
    pub fn published_byte(&self, byte: usize) -> usize {
        let mut inserted = 0;
        for &(at, bytes) in &self.insertions {
            if byte < at + inserted {
                break;
            }
            if byte < at + inserted + bytes {
                return at;
            }
            inserted += bytes;
        }
        byte - inserted
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    const SET: AttributeSet = AttributeSet { name: "two", on_top: false, lines: &["#[a({})]", "#[b]"] };

    #[test]
    fn only_lines_are_inserted_and_places_are_found_again() {
        let source = "// ü\n    fn one() {}\n\n    fn two() {}\nend";
        let function = |number, name: &str| {
            let at = source.find(name).expect("the function is in the source");
            Function { number, name: name.into(), file: PathBuf::new(), range: at..at + 11, insert_at: at }
        };
        let (one, two, three) = (function(0, "fn one"), function(1, "fn two"), function(2, "end"));
        let annotated = Annotated::new(source, &[&two, &one, &three], &SET, &BTreeSet::from([2]));
        assert_eq!(
            annotated.text,
            "// ü\n    #[a(annotated_00000)]\n    #[b]\n    fn one() {}\n\n    #[a(annotated_00001)]\n    #[b]\n    \
             fn two() {}\nend"
        );
        for word in ["ü", "one", "two", "end"] {
            let (byte, published) = (annotated.text.find(word).unwrap(), source.find(word).unwrap());
            assert_eq!(annotated.published_byte(byte), published, "{word}");
        }
        assert_eq!(annotated.published_byte(annotated.text.find("00001").unwrap()), two.insert_at);
    }
}
