//! Which of its forms a client wants the page in.

use hyper::HeaderMap;
use hyper::header::{ACCEPT, ACCEPT_ENCODING, HeaderName};

use crate::exposition::Format;

/// OpenMetrics where the client would rather have it than plain text, as Prometheus would.
pub(super) fn format(headers: &HeaderMap) -> Format {
    let (mut openmetrics, mut text) = (0.0_f32, 0.0_f32);
    for (range, parameters, weight) in preferences(headers, &ACCEPT) {
        match range.as_str() {
            "application/openmetrics-text" if is_known_version(&parameters) => openmetrics = openmetrics.max(weight),
            "text/plain" => text = text.max(weight),
            _ => {}
        }
    }
    if openmetrics > 0.0 && openmetrics >= text { Format::OpenMetrics } else { Format::Text }
}

/// Whether the client takes gzip.
pub(super) fn gzip(headers: &HeaderMap) -> bool {
    let mut any = false;
    for (coding, _, weight) in preferences(headers, &ACCEPT_ENCODING) {
        match coding.as_str() {
            "gzip" | "x-gzip" => return weight > 0.0,
            "*" => any = weight > 0.0,
            _ => {}
        }
    }
    any
}

/// 0.0.1 is what Prometheus asks for besides; it reads 1.0.0 as well.
fn is_known_version(parameters: &[String]) -> bool {
    let version = parameters.iter().find_map(|parameter| parameter.strip_prefix("version="));
    version.is_none_or(|version| matches!(version.trim_matches('"'), "1.0.0" | "0.0.1"))
}

/// The items of a header, in lower case, each with its parameters and its weight:
/// <https://www.rfc-editor.org/rfc/rfc9110#name-quality-values>.
fn preferences(headers: &HeaderMap, name: &HeaderName) -> Vec<(String, Vec<String>, f32)> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let items = values.flat_map(|value| value.split(','));
    items
        .map(|item| {
            let mut parts = item.split(';').map(|part| part.trim().to_ascii_lowercase());
            let value = parts.next().unwrap_or_default();
            let (weights, parameters): (Vec<String>, Vec<String>) = parts.partition(|part| part.starts_with("q="));
            let weight = weights.first().and_then(|weight| weight[2..].trim().parse().ok()).unwrap_or(1.0);
            (value, parameters, weight)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn headers(name: HeaderName, value: &'static str) -> HeaderMap {
        [(name, HeaderValue::from_static(value))].into_iter().collect()
    }

    #[test]
    fn prometheus_gets_openmetrics_and_a_browser_text() {
        let format = |accept| format(&headers(ACCEPT, accept));
        let prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;\
                          q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        assert_eq!(format(prometheus), Format::OpenMetrics);
        assert_eq!(format("application/openmetrics-text; version=\"1.0.0\""), Format::OpenMetrics);
        for text in [
            "*/*",
            "text/html,*/*;q=0.8",
            "text/plain",
            "application/openmetrics-text;version=2.0.0,text/plain;q=0.5",
            "application/openmetrics-text;q=0.1,text/plain",
            "application/openmetrics-text;q=0",
            "",
        ] {
            assert_eq!(format(text), Format::Text, "{text}");
        }
        assert_eq!(super::format(&HeaderMap::new()), Format::Text);
    }

    #[test]
    fn gzip_is_for_who_takes_it() {
        let gzip = |accept| gzip(&headers(ACCEPT_ENCODING, accept));
        for taken in ["gzip", "deflate, GZIP;q=0.5", "*", "br;q=1.0, *;q=0.1"] {
            assert!(gzip(taken), "{taken}");
        }
        for refused in ["", "identity", "gzip;q=0", "gzip;q=0, *", "*;q=0"] {
            assert!(!gzip(refused), "{refused}");
        }
        assert!(!super::gzip(&HeaderMap::new()));
    }
}
