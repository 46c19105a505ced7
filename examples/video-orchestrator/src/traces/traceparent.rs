//! A span as others name it: the header `traceparent` of W3C. <https://www.w3.org/TR/trace-context/#traceparent-header>

use std::fmt;
use std::str::FromStr;

/// The name of the header, and of the field of a job.
pub(crate) const TRACEPARENT: &str = "traceparent";

/// Bytes of a header of version 00.
const LENGTH: usize = 55;

/// A span of any program, with its trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Traceparent {
    pub(super) trace_id: u128,
    pub(super) span_id: u64,
    pub(super) flags: u8,
}

/// A text that names no span.
#[derive(Debug)]
pub(crate) struct InvalidTraceparent;

impl FromStr for Traceparent {
    type Err = InvalidTraceparent;

    /// Reads version 00, and of a later one the parts that have to be the same.
    fn from_str(text: &str) -> Result<Self, InvalidTraceparent> {
        let (head, rest) = text.split_at_checked(LENGTH).ok_or(InvalidTraceparent)?;
        let mut parts = head.split('-');
        let mut part = |length| parts.next().filter(|part| part.len() == length && is_hexadecimal(part));
        let (Some(version), Some(trace_id), Some(span_id), Some(flags)) = (part(2), part(32), part(16), part(2)) else {
            return Err(InvalidTraceparent);
        };
        let is_complete = match version {
            "00" => rest.is_empty(),
            "ff" => false,
            _ => rest.is_empty() || rest.starts_with('-'),
        };
        let parsed = Self {
            trace_id: u128::from_str_radix(trace_id, 16).map_err(|_| InvalidTraceparent)?,
            span_id: u64::from_str_radix(span_id, 16).map_err(|_| InvalidTraceparent)?,
            flags: u8::from_str_radix(flags, 16).map_err(|_| InvalidTraceparent)?,
        };
        if is_complete && parsed.trace_id != 0 && parsed.span_id != 0 { Ok(parsed) } else { Err(InvalidTraceparent) }
    }
}

/// Capital letters are not allowed.
fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// As version 00.
impl fmt::Display for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace_id, self.span_id, self.flags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";

    fn written(text: &str) -> Option<String> {
        text.parse::<Traceparent>().ok().map(|parsed| parsed.to_string())
    }

    #[test]
    fn what_is_read_is_written_again() {
        for text in [GOOD, &GOOD.replace("-01", "-00"), &GOOD.replace("-01", "-ff")] {
            assert_eq!(written(text).as_deref(), Some(text));
        }
        // A later version may have more parts, and is handed on as the one that is known.
        for later in ["cc-", "01-"].map(|version| GOOD.replacen("00-", version, 1)) {
            assert_eq!(written(&later).as_deref(), Some(GOOD));
            assert_eq!(written(&format!("{later}-what-comes")).as_deref(), Some(GOOD));
        }
    }

    #[test]
    fn what_w3c_calls_invalid_is_not_read() {
        for wrong in [
            "",
            "00",
            &GOOD[..LENGTH - 1],
            &format!("{GOOD}-"),
            &format!("{GOOD}-01"),
            &format!(" {GOOD}"),
            &GOOD.to_uppercase(),
            &GOOD.replacen("00-", "ff-", 1),
            &GOOD.replacen("00-", "01-", 1).replace("-01", "-01x"),
            &GOOD.replace("0af7651916cd43dd8448eb211c80319c", &"0".repeat(32)),
            &GOOD.replace("00f067aa0ba902b7", &"0".repeat(16)),
            &GOOD.replace("0af7", "+af7"),
            &GOOD.replace("0af7", "0ag7"),
            &GOOD.replace("-0af7", "0-af7"),
            &GOOD.replace("0af7", "0aé"),
            &"é".repeat(30),
        ] {
            assert_eq!(written(wrong), None, "{wrong}");
        }
    }
}
