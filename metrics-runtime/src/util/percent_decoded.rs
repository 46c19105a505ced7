//! Percent-encoding, as URLs and variables of OpenTelemetry have it: <https://www.rfc-editor.org/rfc/rfc3986#section-2.1> and
//! <https://www.w3.org/TR/baggage/#value>.

/// The decoded text; `None` where a `%` is not followed by two hexadecimal digits, or the result is not UTF-8. A `+` stays a `+`.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => hexadecimal(bytes.next()?)? * 16 + hexadecimal(bytes.next()?)?,
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|number| u8::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use super::percent_decoded;

    #[test]
    fn texts_are_decoded() {
        for (text, decoded) in [
            ("", Some("")),
            ("a+b", Some("a+b")),
            ("%20%2c%2C%25", Some(" ,,%")),
            ("%C3%A9é", Some("éé")),
            ("%", None),
            ("%2", None),
            ("%g0", None),
            ("%é", None),
            ("%FF", None),
        ] {
            assert_eq!(percent_decoded(text).as_deref(), decoded, "{text}");
        }
    }
}
