//! Leaves out what only a person who reads the source needs: indentation, whole lines of comment, most spaces, and `const`.

/// A part of the document.
pub(super) enum Part {
    /// HTML.
    Text(&'static str),
    Style(&'static str),
    /// Its strings stand between `"` or `` ` ``, and not inside one another; no statement ends with `}` where `;` is needed.
    Script(&'static str),
}

/// Joins the parts, without what can be left out; also gives the length of the result. It runs in const evaluation, once to
/// find the length and once with this length as `N`.
pub(super) const fn join<const N: usize>(parts: &[Part]) -> ([u8; N], usize) {
    let (mut joined, mut length) = ([0; N], 0);
    let mut part = 0;
    while part < parts.len() {
        let (source, is_code, is_script) = match &parts[part] {
            Part::Text(text) => (text.as_bytes(), false, false),
            Part::Style(text) => (text.as_bytes(), true, false),
            Part::Script(text) => (text.as_bytes(), true, true),
        };
        let (mut previous, mut quote) = (b'\n', None);
        let mut at = 0;
        while at < source.len() {
            let byte = source[at];
            if quote.is_none() && previous == b'\n' {
                if byte == b' ' || byte == b'\n' {
                    at += 1;
                    continue;
                }
                if is_code && byte == b'/' && source[at + 1] == b'/' {
                    while source[at] != b'\n' {
                        at += 1;
                    }
                    continue;
                }
            }
            if is_script && quote.is_none() && !is_of_name(previous) && starts_with(source, at, b"const ") {
                // The rest of `let`, which is shorter, comes from the source: its `t` and the space.
                if length + 1 < N {
                    (joined[length], joined[length + 1]) = (b'l', b'e');
                }
                length += 2;
                (at, previous) = (at + 4, b'e');
                continue;
            }
            let next = if at + 1 < source.len() { source[at + 1] } else { b'\n' };
            let is_kept = match quote {
                _ if !is_code => true,
                None => {
                    let is_last = matches!(byte, b';' | b'\n') && first_after(source, at) == b'}';
                    !is_last && !can_be_left_out(previous, byte, next, is_script)
                }
                Some(_) => true,
            };
            if is_code && matches!(byte, b'"' | b'`') {
                quote = match quote {
                    None => Some(byte),
                    Some(begin) if begin == byte && previous != b'\\' => None,
                    Some(begin) => Some(begin),
                };
            }
            if is_kept {
                if length < N {
                    joined[length] = byte;
                }
                length += 1;
            }
            // What is left out separates nothing. But the next line's indentation has to be seen.
            if is_kept || byte == b'\n' {
                previous = byte;
            }
            at += 1;
        }
        part += 1;
    }
    (joined, length)
}

const fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.')
}

const fn starts_with(source: &[u8], at: usize, text: &[u8]) -> bool {
    let mut length = 0;
    while length < text.len() && at + length < source.len() && source[at + length] == text[length] {
        length += 1;
    }
    length == text.len()
}

/// The first byte that is seen after this one. What comes before a `}` needs no `;` and no line's end.
const fn first_after(source: &[u8], mut at: usize) -> u8 {
    at += 1;
    while at < source.len() && matches!(source[at], b' ' | b'\n') {
        at += 1;
    }
    if at < source.len() { source[at] } else { b'\n' }
}

/// Whether a space or a line's end between these two is not needed. Beside parentheses, `+` and `-` and before `:` a space means
/// something in a style. In a script it does between two of `+` and `-`.
const fn can_be_left_out(previous: u8, byte: u8, next: u8, is_script: bool) -> bool {
    match byte {
        b' ' => {
            matches!(previous, b',' | b';' | b':' | b'{' | b'}' | b'=' | b'?' | b'&' | b'|' | b'<' | b'>' | b'(' | b'[')
                || matches!(next, b'{' | b'}' | b'=' | b'?' | b'&' | b'|' | b'<' | b'>' | b'!')
                || (is_script
                    && (matches!(previous, b')' | b'*')
                        || matches!(next, b'(' | b':' | b'[' | b'*')
                        || matches!(previous, b'+' | b'-') != matches!(next, b'+' | b'-')))
        }
        b'\n' => matches!(previous, b',' | b';' | b'{' | b'}' | b'(' | b'['),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(parts: &[Part]) -> String {
        let (bytes, length) = join::<1000>(parts);
        String::from_utf8(bytes[..length].to_vec()).expect("it is text")
    }

    #[test]
    fn indentation_comments_and_spaces_are_left_out() {
        let script = "\n// A comment.\nfunction f(a, b) {\n  // Another.\n  if (a === b && a < 1) return a ? b : a - b;\n}\nc = a + +b - -a;\n";
        assert_eq!(joined(&[Part::Script(script)]), "function f(a,b){if(a===b&&a<1)return a?b:a-b}c=a+ +b- -a;");
        let style = "a .b > c, d :is(e) { margin: 0 -5px; }\n@media (x) and (y) {\n  z { w: 1; }\n}\n";
        assert_eq!(joined(&[Part::Style(style)]), "a .b>c,d :is(e){margin:0 -5px}@media (x) and (y){z{w:1}}");
    }

    #[test]
    fn texts_are_kept() {
        let script = "const a = \"const x, \\\" { y\";\nconst b = `// = ${c}\n  d`;\n";
        assert_eq!(joined(&[Part::Script(script)]), "let a=\"const x, \\\" { y\";let b=`// = ${c}\n  d`;");
        let html = "  <p>One, two = three</p>\n\n  // four\n";
        assert_eq!(joined(&[Part::Text(html), Part::Text("<i>")]), "<p>One, two = three</p>\n// four\n<i>");
    }

    #[test]
    fn the_length_is_known_before() {
        let parts = [Part::Script("a = 1;\n"), Part::Text("b\n")];
        assert_eq!(join::<0>(&parts).1, 6);
        assert_eq!(join::<6>(&parts).0, *b"a=1;b\n");
    }
}
