//! What a receiver answers to an export.

use std::borrow::Cow;

use super::wire::{Field, fields};

/// A message of a receiver that has taken the export.
#[derive(Debug, PartialEq)]
pub(super) enum Accepted<'a> {
    /// It has taken all of it.
    All,
    /// It has refused some of it, or warns.
    Partly { rejected: u64, words: Cow<'a, str> },
    /// It is not OTLP, so probably not the answer of a receiver of OTLP.
    NotOtlp,
}

/// Reads `ExportMetricsServiceResponse`, the body of a success.
pub(super) fn read_success(body: &[u8]) -> Accepted<'_> {
    // Some receivers answer in JSON, whatever they were asked in.
    if body.trim_ascii_start().starts_with(b"{") {
        return Accepted::All;
    }
    let Some(response) = fields(body) else { return Accepted::NotOtlp };
    let Some(partial) = response.iter().find_map(|(number, field)| bytes(*number, field, 1)) else {
        return Accepted::All;
    };
    let Some(partial) = fields(partial) else { return Accepted::NotOtlp };
    let rejected = partial.iter().find_map(|(number, field)| match field {
        Field::Number(rejected) if *number == 1 => Some(*rejected),
        _ => None,
    });
    let words = partial.iter().find_map(|(number, field)| bytes(*number, field, 2)).unwrap_or_default();
    match rejected.unwrap_or_default() {
        0 if words.is_empty() => Accepted::All,
        rejected => Accepted::Partly { rejected, words: String::from_utf8_lossy(words) },
    }
}

/// The words of an answer that is not a success: those of a `google.rpc.Status`, or the body itself.
pub(super) fn words_of_failure(body: &[u8]) -> Cow<'_, str> {
    let status = fields(body).unwrap_or_default();
    let message = status.iter().find_map(|(number, field)| bytes(*number, field, 2));
    String::from_utf8_lossy(message.unwrap_or(body))
}

fn bytes<'a>(number: u64, field: &Field<'a>, wanted: u64) -> Option<&'a [u8]> {
    match field {
        Field::Bytes(bytes) if number == wanted => Some(bytes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire::Writer;
    use super::*;

    fn response(rejected: u64, words: &str) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.message(1, |partial| {
            partial.varint(1, rejected);
            partial.text(2, words);
        });
        writer.into_bytes()
    }

    #[test]
    fn a_success_may_be_partial() {
        assert_eq!(read_success(b""), Accepted::All);
        assert_eq!(read_success(b" {\"partialSuccess\":{}}"), Accepted::All);
        assert_eq!(read_success(&response(0, "")), Accepted::All);
        assert_eq!(read_success(&response(3, "too old")), Accepted::Partly { rejected: 3, words: "too old".into() });
        assert_eq!(read_success(&response(0, "careful")), Accepted::Partly { rejected: 0, words: "careful".into() });
        assert_eq!(read_success(b"<html>Please log in</html>"), Accepted::NotOtlp);
        assert_eq!(read_success(b"\x0a\x02\xff\xff"), Accepted::NotOtlp);
    }

    #[test]
    fn a_failure_has_words() {
        let mut status = Writer::default();
        status.varint(1, 3);
        status.text(2, "no such tenant");
        assert_eq!(words_of_failure(&status.into_bytes()), "no such tenant");
        assert_eq!(words_of_failure(b"bad request"), "bad request");
        assert_eq!(words_of_failure(b"{\"message\":\"x\"}"), "{\"message\":\"x\"}");
        assert_eq!(words_of_failure(b""), "");
    }
}
