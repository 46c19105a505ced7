//! A place in a trace.

use core::fmt;
use core::num::{NonZeroU64, NonZeroU128};
use core::str::FromStr;

/// A place in a trace: the ids of a trace and of one of its spans, as the W3C recommendation
/// [Trace Context](https://www.w3.org/TR/trace-context/) defines them.
///
/// It is what an exemplar names, see [`Builder::exemplars`](crate::Builder::exemplars). Its text is the header `traceparent`:
///
/// ```
/// use metrics_runtime::TraceContext;
///
/// let context: TraceContext = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse()?;
/// assert_eq!(context.trace_id(), 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736);
/// assert_eq!(context.span_id(), 0x00f0_67aa_0ba9_02b7);
/// assert!(context.is_sampled());
/// assert_eq!(context.to_string(), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
/// # Ok::<_, metrics_runtime::InvalidTraceContext>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TraceContext {
    trace_id: NonZeroU128,
    span_id: NonZeroU64,
    /// Only flags of [`KNOWN_FLAGS`].
    flags: u8,
}

const TRACE_ID_DIGITS: usize = 32;
const SPAN_ID_DIGITS: usize = 16;
/// The bit of `trace-flags` that says "sampled".
const SAMPLED: u8 = 1;
/// The bit that says that the id of the trace is random. Whoever hands the trace on has to keep it:
/// <https://www.w3.org/TR/trace-context-2/#random-trace-id-flag>.
const RANDOM: u8 = 2;
/// All others have to be zero.
const KNOWN_FLAGS: u8 = SAMPLED | RANDOM;

impl TraceContext {
    /// A place in a trace. `is_sampled` says whether the trace is kept: an exemplar of one that is not would lead nowhere, so there
    /// is none.
    ///
    /// `None` if one of the ids is zero, which means "no id".
    #[must_use]
    pub const fn new(trace_id: u128, span_id: u64, is_sampled: bool) -> Option<Self> {
        match (NonZeroU128::new(trace_id), NonZeroU64::new(span_id)) {
            (Some(trace_id), Some(span_id)) => Some(Self { trace_id, span_id, flags: sampled(is_sampled) }),
            _ => None,
        }
    }

    /// A place in a trace, from ids in hexadecimal digits.
    ///
    /// ```
    /// use metrics_runtime::TraceContext;
    ///
    /// let context = TraceContext::from_hex("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", true)?;
    /// assert_eq!(context.span_id(), 0x00f0_67aa_0ba9_02b7);
    /// # Ok::<_, metrics_runtime::InvalidTraceContext>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A trace id does not have 32 digits from `0` to `f`, or a span id 16, or all of them are zero. A longer id is refused, not
    /// cut: a part of an id finds no trace.
    pub fn from_hex(trace_id: &str, span_id: &str, is_sampled: bool) -> Result<Self, InvalidTraceContext> {
        let trace_id = id(trace_id, TRACE_ID_DIGITS).and_then(NonZeroU128::new);
        let span_id = id(span_id, SPAN_ID_DIGITS).and_then(|id| NonZeroU64::new(u64::try_from(id).ok()?));
        Ok(Self {
            trace_id: trace_id.ok_or(InvalidTraceContext(Problem::TraceId))?,
            span_id: span_id.ok_or(InvalidTraceContext(Problem::SpanId))?,
            flags: sampled(is_sampled),
        })
    }

    /// The id of the trace.
    #[must_use]
    pub const fn trace_id(&self) -> u128 {
        self.trace_id.get()
    }

    /// The id of the span.
    #[must_use]
    pub const fn span_id(&self) -> u64 {
        self.span_id.get()
    }

    /// Whether the trace is kept.
    #[must_use]
    pub const fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }
}

const fn sampled(is_sampled: bool) -> u8 {
    if is_sampled { SAMPLED } else { 0 }
}

/// A number of exactly so many hexadecimal digits in lower case.
fn id(text: &str, digits: usize) -> Option<u128> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (text.len() == digits && text.bytes().all(is_digit)).then(|| u128::from_str_radix(text, 16).ok())?
}

impl FromStr for TraceContext {
    type Err = InvalidTraceContext;

    /// Reads the header `traceparent`. As the recommendation asks, a later version than `00` may have more behind the flags. The
    /// flag for random ids is kept, and is in the text again; others are not.
    fn from_str(header: &str) -> Result<Self, InvalidTraceContext> {
        let malformed = InvalidTraceContext(Problem::Header);
        let mut parts = header.splitn(5, '-');
        let (Some(version), Some(trace_id), Some(span_id), Some(flags)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed);
        };
        let (Some(version), Some(flags)) = (id(version, 2), id(flags, 2)) else { return Err(malformed) };
        if version == 0xff || (version == 0 && parts.next().is_some()) {
            return Err(malformed);
        }
        #[allow(clippy::cast_possible_truncation, reason = "it has two digits")]
        let flags = flags as u8 & KNOWN_FLAGS;
        Ok(Self { flags, ..Self::from_hex(trace_id, span_id, false)? })
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace_id, self.span_id, self.flags)
    }
}

/// The ids of a [`TraceContext`] cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct InvalidTraceContext(#[from] Problem);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Problem {
    #[error("a trace id has 32 hexadecimal digits in lower case, not all of them zero")]
    TraceId,
    #[error("a span id has 16 hexadecimal digits in lower case, not all of them zero")]
    SpanId,
    #[error(
        "`traceparent` looks like `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`: version, trace id, span id, flags"
    )]
    Header,
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN_ID: &str = "00f067aa0ba902b7";

    #[test]
    fn ids_of_another_length_are_refused_and_not_cut() {
        for (trace_id, span_id, problem) in [
            (format!("{TRACE_ID}0"), SPAN_ID.to_owned(), Problem::TraceId),
            (TRACE_ID[1..].to_owned(), SPAN_ID.to_owned(), Problem::TraceId),
            (TRACE_ID.to_uppercase(), SPAN_ID.to_owned(), Problem::TraceId),
            ("0".repeat(32), SPAN_ID.to_owned(), Problem::TraceId),
            (format!("+{}", &TRACE_ID[1..]), SPAN_ID.to_owned(), Problem::TraceId),
            (TRACE_ID.to_owned(), format!("{SPAN_ID}{SPAN_ID}"), Problem::SpanId),
            (TRACE_ID.to_owned(), "é".repeat(8), Problem::SpanId),
            (TRACE_ID.to_owned(), "0".repeat(16), Problem::SpanId),
        ] {
            assert_eq!(
                TraceContext::from_hex(&trace_id, &span_id, true),
                Err(InvalidTraceContext(problem)),
                "{trace_id}"
            );
        }
    }

    #[test]
    fn what_is_read_is_written_with_the_flags_that_are_known() {
        let written = |header: &str| header.parse::<TraceContext>().map(|context| context.to_string());
        for (flags, kept) in [("00", "00"), ("01", "01"), ("02", "02"), ("03", "03"), ("fc", "00"), ("ff", "03")] {
            for version in ["00", "cc"] {
                let header = format!("{version}-{TRACE_ID}-{SPAN_ID}-{flags}");
                assert_eq!(written(&header), Ok(format!("00-{TRACE_ID}-{SPAN_ID}-{kept}")), "{header}");
            }
        }
    }

    #[test]
    fn a_header_is_read_as_the_recommendation_says() {
        let read = |header: &str| header.parse::<TraceContext>().map(|context| context.is_sampled());
        let malformed = Err(InvalidTraceContext(Problem::Header));
        for (header, expected) in [
            (format!("00-{TRACE_ID}-{SPAN_ID}-01"), Ok(true)),
            (format!("00-{TRACE_ID}-{SPAN_ID}-00"), Ok(false)),
            (format!("00-{TRACE_ID}-{SPAN_ID}-03"), Ok(true)),
            (format!("cc-{TRACE_ID}-{SPAN_ID}-01"), Ok(true)),
            (format!("cc-{TRACE_ID}-{SPAN_ID}-01-what-the-future"), Ok(true)),
            (format!("00-{TRACE_ID}-{SPAN_ID}-01-more"), malformed),
            (format!("ff-{TRACE_ID}-{SPAN_ID}-01"), malformed),
            (format!("0-{TRACE_ID}-{SPAN_ID}-01"), malformed),
            (format!("00-{TRACE_ID}-{SPAN_ID}"), malformed),
            (format!("00-{TRACE_ID}-{SPAN_ID}-1"), malformed),
            (String::new(), malformed),
            (format!(" 00-{TRACE_ID}-{SPAN_ID}-01"), malformed),
            (format!("cc-{TRACE_ID}-{SPAN_ID}-01x"), malformed),
            ("é".repeat(30), malformed),
            ("é-".repeat(30), malformed),
            (format!("00-{}-{SPAN_ID}-01", "0".repeat(32)), Err(InvalidTraceContext(Problem::TraceId))),
        ] {
            assert_eq!(read(&header), expected, "{header}");
        }
    }
}
