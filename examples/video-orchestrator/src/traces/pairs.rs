//! Lists of pairs in one variable, as OpenTelemetry writes headers and attributes.

/// Pairs such as `a=1,b=2`, with decoded values; `None` for what is not a pair.
pub(super) fn pairs(text: &str) -> impl Iterator<Item = Option<(String, String)>> {
    text.split(',').map(str::trim).filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((percent_decoded(name.trim())?, percent_decoded(value.trim())?)).filter(|(name, _)| !name.is_empty())
    })
}

/// The decoded text; `None` where a `%` is not followed by two hexadecimal digits, or the result is not UTF-8.
pub(super) fn percent_decoded(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    let hexadecimal = |digit: Option<u8>| char::from(digit?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => hexadecimal(bytes.next())? * 16 + hexadecimal(bytes.next())?,
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}
