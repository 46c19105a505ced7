//! Pieces of Prometheus' query language.

use std::fmt::Write as _;
use std::time::Duration;

use crate::artifacts::json::is_unsafe;

/// A text as a string of the language. Characters that YAML does not take are escaped.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            _ if is_unsafe(character) => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// `name{a="b"}`, or the name alone if there are no matchers.
pub(super) fn selector(name: &str, matchers: &[String]) -> String {
    if matchers.is_empty() { name.to_owned() } else { format!("{name}{{{}}}", matchers.join(", ")) }
}

/// `label="value"`
pub(super) fn equal(label: &str, value: &str) -> String {
    format!("{label}={}", quoted(value))
}

/// `label!="value"`
pub(super) fn not_equal(label: &str, value: &str) -> String {
    format!("{label}!={}", quoted(value))
}

/// Matches a bucket, however its bound is spelt: `300` in the text format, `300.0` in OpenMetrics and in Prometheus 3, `1e+06` where
/// Prometheus 3 writes a power of ten.
pub(super) fn bucket(bound: f64) -> String {
    let plain = bound.to_string();
    let is_whole = !plain.contains('.');
    let scientific = scientific(bound);
    if !is_whole && scientific.is_none() {
        return equal("le", &plain);
    }
    let mut pattern = plain.replace('.', "\\.");
    if is_whole {
        pattern.push_str("(\\.0)?");
    }
    if let Some(scientific) = scientific {
        let _ = write!(pattern, "|{}", scientific.replace('.', "\\.").replace('+', "\\+"));
    }
    format!("le=~{}", quoted(&pattern))
}

/// How Go writes very large and very small numbers.
fn scientific(number: f64) -> Option<String> {
    if number == 0.0 || (1e-4..1e6).contains(&number.abs()) {
        return None;
    }
    let text = format!("{number:e}");
    let (mantissa, exponent) = text.split_once('e')?;
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    Some(format!("{mantissa}e{sign}{digits:0>2}"))
}

/// `1h30m`. Parts of a millisecond are left out.
pub(super) fn duration(time: Duration) -> String {
    let units = [("d", 24 * 60 * 60 * 1000), ("h", 60 * 60 * 1000), ("m", 60 * 1000), ("s", 1000), ("ms", 1)];
    let mut rest = time.as_millis();
    let mut text = String::new();
    for (unit, milliseconds) in units {
        if rest >= milliseconds {
            let _ = write!(text, "{}{unit}", rest / milliseconds);
            rest %= milliseconds;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_found_in_each_spelling() {
        assert_eq!(bucket(300.0), r#"le=~"300(\\.0)?""#);
        assert_eq!(bucket(0.25), r#"le="0.25""#);
        assert_eq!(bucket(1e6), r#"le=~"1000000(\\.0)?|1e\\+06""#);
        assert_eq!(bucket(2.5e-5), r#"le=~"0\\.000025|2\\.5e-05""#);
    }

    #[test]
    fn times_have_no_fractions() {
        let shown = [0, 1, 1000, 90_000, 900_000, 3_600_000, 90_000_500].map(|ms| duration(Duration::from_millis(ms)));
        assert_eq!(shown, ["0s", "1ms", "1s", "1m30s", "15m", "1h", "1d1h500ms"]);
    }

    #[test]
    fn any_text_is_a_string() {
        assert_eq!(quoted("a\"\\\n\u{1}\u{85}é"), r#""a\"\\\n\u0001\u0085é""#);
    }
}
