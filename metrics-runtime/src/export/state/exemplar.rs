//! An exemplar behind a value of the page.

use super::labels::{Labels, read_labels};

const NANOSECOND_DIGITS: usize = 9;
const NANOSECONDS_PER_SECOND: u64 = 1_000_000_000;

/// A call that a value counts, with its place in a trace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Exemplar {
    /// The number of its bucket, from zero; zero for a counter.
    pub(crate) bucket: usize,
    pub(crate) trace_id: u128,
    pub(crate) span_id: u64,
    /// What the call added to its metric: seconds to a histogram, one to a counter.
    pub(crate) value: f64,
    /// Nanoseconds since 1970.
    pub(crate) time: u64,
}

impl Exemplar {
    /// Reads `{trace_id="…",span_id="…"} 0.25 1700000000.123456789`. `None` if it is anything else.
    pub(super) fn read(text: &str, bucket: usize) -> Option<Self> {
        let (labels, rest) = read_labels(text.strip_prefix('{')?)?;
        let (value, time) = rest.strip_prefix(' ')?.split_once(' ')?;
        Some(Self {
            bucket,
            trace_id: id(&labels, "trace_id", 32)?,
            span_id: id(&labels, "span_id", 16)?.try_into().ok()?,
            value: value.parse().ok()?,
            time: nanoseconds(time)?,
        })
    }
}

/// An id of so many hexadecimal digits. Zero is none.
fn id(labels: &Labels<'_>, name: &str, digits: usize) -> Option<u128> {
    let (_, text) = labels.iter().find(|(found, _)| *found == name)?;
    let is_id = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    u128::from_str_radix(text, 16).ok().filter(|id| is_id && *id != 0)
}

/// Reads seconds. They are not read as a floating-point number, which has no room for all nanoseconds since 1970.
fn nanoseconds(seconds: &str) -> Option<u64> {
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) || fraction.len() > NANOSECOND_DIGITS {
        return None;
    }
    let nanoseconds: u64 = format!("{fraction:0<NANOSECOND_DIGITS$}").parse().ok()?;
    whole.parse::<u64>().ok()?.checked_mul(NANOSECONDS_PER_SECOND)?.checked_add(nanoseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    fn read(trace: &str, span: &str, rest: &str) -> Option<Exemplar> {
        Exemplar::read(&format!("{{trace_id=\"{trace}\",span_id=\"{span}\"}} {rest}"), 2)
    }

    #[test]
    fn an_exemplar_is_read_to_the_nanosecond() {
        let expected = |value, time| {
            let (trace_id, span_id) = (0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736, 0x00f0_67aa_0ba9_02b7);
            Some(Exemplar { bucket: 2, trace_id, span_id, value, time })
        };
        assert_eq!(read(TRACE, SPAN, "0.25 1700000000.123456789"), expected(0.25, 1_700_000_000_123_456_789));
        assert_eq!(read(TRACE, SPAN, "1 1700000000.0005"), expected(1.0, 1_700_000_000_000_500_000));
        assert_eq!(read(TRACE, SPAN, "1 7"), expected(1.0, 7_000_000_000));
    }

    #[test]
    fn anything_else_is_none() {
        for (trace, span, rest) in [
            (&TRACE[1..], SPAN, "1 1"),
            (&format!("+{}", &TRACE[1..]), SPAN, "1 1"),
            (&"0".repeat(32), SPAN, "1 1"),
            (TRACE, &"0".repeat(16), "1 1"),
            (TRACE, &"é".repeat(8), "1 1"),
            (TRACE, TRACE, "1 1"),
            (TRACE, SPAN, ""),
            (TRACE, SPAN, "1"),
            (TRACE, SPAN, "1 "),
            (TRACE, SPAN, "x 1"),
            (TRACE, SPAN, "1 -1"),
            (TRACE, SPAN, "1 1e9"),
            (TRACE, SPAN, "1 1.0000000001"),
            (TRACE, SPAN, "1 18446744073.709551616"),
            (TRACE, SPAN, "1 99999999999999999999"),
            (TRACE, SPAN, "1 1 1"),
        ] {
            assert_eq!(read(trace, span, rest), None, "{trace} {span} {rest}");
        }
        for text in ["", "{", "{}", "{} 1 1", "{trace_id=\"", "{trace_id=\"1\"} 1 1", "x"] {
            assert_eq!(Exemplar::read(text, 0), None, "{text}");
        }
    }
}
