//! Whether traces are asked for: <https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/>.

use super::variables::{TracesError, Variables};

pub(super) const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
pub(super) const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const EXPORTER: &str = "OTEL_TRACES_EXPORTER";
const DISABLED: &str = "OTEL_SDK_DISABLED";

const EXPORTER_TAKES: &str = "`otlp` or `none`";

/// The specification's default.
#[cfg(feature = "traces")]
pub(super) const DEFAULT_ENDPOINT: &str = "http://localhost:4318";

/// What asks for traces.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Their own endpoint, as it is.
    ForOwn(String),
    /// The endpoint of all signals, a base URL.
    ForAll(String),
    /// The exporter alone, without an endpoint.
    ByExporter,
}

impl Asked {
    /// `None`: traces are not asked for, or switched off.
    pub(super) fn read(variables: Variables<'_>) -> Result<Option<Self>, TracesError> {
        let is_disabled = variables.get(DISABLED)?.is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
        let exporters = variables.get(EXPORTER)?;
        let has_otlp = exporters.as_deref().map(has_otlp).transpose()?;
        if is_disabled || has_otlp == Some(false) {
            return Ok(None);
        }
        Ok(match (variables.get(TRACES_ENDPOINT)?, variables.get(ENDPOINT)?) {
            (Some(url), _) => Some(Self::ForOwn(url)),
            (None, Some(base)) => Some(Self::ForAll(base)),
            (None, None) => has_otlp.map(|_| Self::ByExporter),
        })
    }

    /// The variable that asks.
    pub(super) fn variable(&self) -> &'static str {
        match self {
            Self::ForOwn(_) => TRACES_ENDPOINT,
            Self::ForAll(_) => ENDPOINT,
            Self::ByExporter => EXPORTER,
        }
    }
}

fn has_otlp(exporters: &str) -> Result<bool, TracesError> {
    let mut has_otlp = false;
    for name in exporters.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match name {
            "otlp" => has_otlp = true,
            "none" => {}
            _ => return Err(TracesError::of(EXPORTER, exporters, "is not supported", EXPORTER_TAKES)),
        }
    }
    Ok(has_otlp)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(environment: &[(&'static str, &str)]) -> Result<Option<Asked>, TracesError> {
        let find = |name| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        Asked::read(Variables(&find))
    }

    #[test]
    fn they_are_on_only_where_they_are_asked_for() {
        let is = |environment: &[_]| asked(environment).expect("the values are valid");
        let (all, own) = ((ENDPOINT, "http://a"), (TRACES_ENDPOINT, "http://b"));
        assert_eq!(is(&[]), None);
        assert_eq!(is(&[(ENDPOINT, " "), (TRACES_ENDPOINT, ""), (EXPORTER, " ")]), None);
        assert_eq!(is(&[all]), Some(Asked::ForAll("http://a".to_owned())));
        assert_eq!(is(&[all, own]), Some(Asked::ForOwn("http://b".to_owned())));
        assert_eq!(is(&[own, (DISABLED, "True")]), None);
        assert_eq!(is(&[own, (DISABLED, "1"), (EXPORTER, "otlp")]), is(&[own]));
        assert_eq!(is(&[own, (EXPORTER, "none")]), None);
        assert_eq!(is(&[(EXPORTER, "none,otlp")]), Some(Asked::ByExporter));
        let error = asked(&[(EXPORTER, "otlp,console")]).expect_err("there is no console").to_string();
        assert!(error.contains("`OTEL_TRACES_EXPORTER` is `otlp,console`, which is not supported"), "{error}");
    }
}
