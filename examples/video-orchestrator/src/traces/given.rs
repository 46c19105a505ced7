//! What others give as the trace of a job: a field of the job, or a header of the request.

use std::borrow::Cow;

use metrics_runtime::TraceContext;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// The name of the header, and of the field of a job.
pub(crate) const TRACEPARENT: &str = "traceparent";

/// What is given as the trace of a job. A job is not lost for it: any value is taken, and a wrong one is ignored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum GivenTrace {
    #[default]
    Nothing,
    Parent(TraceContext),
    Invalid,
}

impl GivenTrace {
    /// What the values of a header give. Two of them name no span.
    pub(crate) fn by_header<'a>(mut values: impl Iterator<Item = &'a [u8]>) -> Self {
        match (values.next(), values.next()) {
            (None, _) => Self::Nothing,
            (Some(value), None) => str::from_utf8(value).map_or(Self::Invalid, Self::by_text),
            (Some(_), Some(_)) => Self::Invalid,
        }
    }

    fn by_text(text: &str) -> Self {
        text.trim_matches([' ', '\t']).parse().map_or(Self::Invalid, Self::Parent)
    }

    pub(crate) fn parent(self) -> Option<TraceContext> {
        match self {
            Self::Parent(parent) => Some(parent),
            Self::Nothing | Self::Invalid => None,
        }
    }

    /// Whether it is left out of a job's text.
    pub(crate) fn is_left_out(&self) -> bool {
        self.parent().is_none()
    }
}

impl From<Option<TraceContext>> for GivenTrace {
    fn from(parent: Option<TraceContext>) -> Self {
        parent.map_or(Self::Nothing, Self::Parent)
    }
}

impl Serialize for GivenTrace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.parent() {
            Some(parent) => serializer.collect_str(&parent),
            None => serializer.serialize_none(),
        }
    }
}

impl<'de> Deserialize<'de> for GivenTrace {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Whatever JSON it is, also lists in lists without end.
        let raw = <&RawValue>::deserialize(deserializer)?;
        Ok(match raw.get() {
            "null" => Self::Nothing,
            json => serde_json::from_str::<Cow<'_, str>>(json).map_or(Self::Invalid, |text| Self::by_text(&text)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";

    #[test]
    fn any_json_is_taken() {
        let parse = |json: &str| serde_json::from_str::<GivenTrace>(json).expect("any JSON is taken");
        let parent = GivenTrace::Parent(TRACE.parse().expect("it is valid"));
        assert_eq!(parse(&format!("\"{TRACE}\"")), parent);
        assert_eq!(parse(&format!("\" {TRACE}\"").replace('a', "\\u0061")), parent);
        assert_eq!(parse("null"), GivenTrace::Nothing);
        let deep = "[".repeat(1000) + &"]".repeat(1000);
        for wrong in ["\"\"", "\"00\"", "7", "true", "{}", "[\"00\"]", "\"\\ud800\"", &deep] {
            assert_eq!(parse(wrong), GivenTrace::Invalid, "{wrong}");
        }
    }

    #[test]
    fn one_header_names_a_span() {
        let given = |values: &[&[u8]]| GivenTrace::by_header(values.iter().copied());
        assert_eq!(given(&[]), GivenTrace::Nothing);
        assert_eq!(given(&[TRACE.as_bytes()]).parent().map(|parent| parent.to_string()).as_deref(), Some(TRACE));
        for wrong in [&[&b""[..]][..], &[b"\xff"], &[TRACE.as_bytes(), TRACE.as_bytes()]] {
            assert_eq!(given(wrong), GivenTrace::Invalid);
        }
    }
}
