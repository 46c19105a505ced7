//! Content negotiation: chooses the format and the encoding of the page from the request's headers.

use hyper::HeaderMap;
use hyper::header::{ACCEPT, ACCEPT_ENCODING, HeaderName};

use crate::format::Format;

/// OpenMetrics if the client prefers it to plain text, as Prometheus does. A client that gives both the same weight gets
/// OpenMetrics only if it names it: a browser accepts everything and does not name it.
pub(super) fn preferred_format(headers: &HeaderMap) -> Format {
    let preferences = preferences(headers, &ACCEPT);
    let openmetrics = best_match(&preferences, |range, version| match (range, version) {
        ("*/*", _) => Some(ANY),
        ("application/*", _) => Some(ANY_OF_TYPE),
        // Prometheus also asks for 0.0.1; it can read 1.0.0 too.
        ("application/openmetrics-text", None | Some("0.0.1")) => Some(NAMED),
        ("application/openmetrics-text", Some("1.0.0")) => Some(NAMED_WITH_VERSION),
        _ => None,
    });
    let text = best_match(&preferences, |range, version| match (range, version) {
        ("*/*", _) => Some(ANY),
        ("text/*", _) => Some(ANY_OF_TYPE),
        ("text/plain", None) => Some(NAMED),
        ("text/plain", Some("0.0.4")) => Some(NAMED_WITH_VERSION),
        _ => None,
    });
    let is_preferred = openmetrics.weight > text.weight
        || (openmetrics.specificity >= NAMED && openmetrics.weight >= text.weight && openmetrics.weight > 0.0);
    if is_preferred { Format::OpenMetrics } else { Format::Text }
}

/// Whether the client accepts gzip, and does not prefer the page without it.
pub(super) fn prefers_gzip(headers: &HeaderMap) -> bool {
    let preferences = preferences(headers, &ACCEPT_ENCODING);
    let best = |names: &[&str]| {
        best_match(&preferences, |coding, _| match coding {
            "*" => Some(ANY),
            coding => names.contains(&coding).then_some(NAMED),
        })
    };
    let (gzip, identity) = (best(&["gzip", "x-gzip"]), best(&["identity"]));
    gzip.weight > 0.0 && gzip.weight >= identity.weight
}

/// How specific an item of the header is. `*/*` and `*`:
const ANY: u8 = 0;
/// `text/*`
const ANY_OF_TYPE: u8 = 1;
/// `text/plain`, `gzip`
const NAMED: u8 = 2;
/// `text/plain;version=0.0.4`
const NAMED_WITH_VERSION: u8 = 3;

/// The weight that a client gives to a format or an encoding, and how specific the item with this weight is.
#[derive(Default)]
struct Match {
    specificity: u8,
    weight: f32,
}

/// The most specific item that matches, as <https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1> says. If several are
/// equally specific, it is the one with the largest weight. If none matches, the weight is 0.
fn best_match(preferences: &[Preference], specificity: impl Fn(&str, Option<&str>) -> Option<u8>) -> Match {
    let matches = preferences.iter().filter_map(|preference| {
        let specificity = specificity(&preference.value, preference.version.as_deref())?;
        Some(Match { specificity, weight: preference.weight })
    });
    let order = |one: &Match, other: &Match| {
        one.specificity.cmp(&other.specificity).then_with(|| one.weight.total_cmp(&other.weight))
    };
    matches.max_by(order).unwrap_or_default()
}

/// One item of a header, in lower case.
struct Preference {
    value: String,
    version: Option<String>,
    weight: f32,
}

/// The items of a header, with their weights: <https://www.rfc-editor.org/rfc/rfc9110#name-quality-values>.
fn preferences(headers: &HeaderMap, name: &HeaderName) -> Vec<Preference> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| split(value, ',')).map(parse_preference).collect()
}

fn parse_preference(item: &str) -> Preference {
    let mut parts = split(item, ';').map(|part| part.trim().to_ascii_lowercase());
    let value = parts.next().unwrap_or_default();
    let (mut version, mut weight) = (None, None);
    for parameter in parts {
        if let Some(text) = parameter.strip_prefix("version=") {
            version = Some(without_quotes(text));
        } else if let Some(text) = parameter.strip_prefix("q=") {
            weight = without_quotes(text).trim().parse().ok().filter(|weight| (0.0..=1.0).contains(weight));
        }
    }
    // An invalid weight is ignored, and the default weight is 1.
    Preference { value, version, weight: weight.unwrap_or(1.0) }
}

/// The parts between the separators, except for separators in a quoted text:
/// <https://www.rfc-editor.org/rfc/rfc9110#name-quoted-strings>.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(move |character| {
        let is_literal = is_escaped;
        is_escaped = is_quoted && !is_literal && character == '\\';
        if character == '"' && !is_literal {
            is_quoted = !is_quoted;
        }
        character == separator && !is_quoted
    })
}

/// The value of a parameter, which may be a quoted text.
fn without_quotes(value: &str) -> String {
    let Some(quoted) = value.strip_prefix('"') else { return value.to_owned() };
    let mut characters = quoted.chars();
    let mut plain = String::new();
    while let Some(character) = characters.next().filter(|character| *character != '"') {
        plain.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    plain
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn headers(name: HeaderName, value: &'static str) -> HeaderMap {
        [(name, HeaderValue::from_static(value))].into_iter().collect()
    }

    #[test]
    fn prometheus_gets_openmetrics_and_a_browser_gets_text() {
        let format = |accept| preferred_format(&headers(ACCEPT, accept));
        let prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;\
                          q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        let prometheus_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                            application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;\
                            escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        for openmetrics in [
            prometheus,
            prometheus_3,
            "application/openmetrics-text; version=\"1.0.0\"",
            "application/openmetrics-text, text/plain",
            "application/openmetrics-text, */*",
            "application/openmetrics-text;q=0.2, text/plain;q=0.1, */*",
            "application/openmetrics-text;q=0.2, text/*;q=0.1",
            "application/openmetrics-text;q=0.2, text/plain;q=0",
            "application/openmetrics-text;version=0.0.1;q=0.5, application/openmetrics-text;version=1.0.0;q=0.7, \
             text/plain;q=0.6",
            "application/*",
            "application/openmetrics-text;x=\"a,b;q=0\"",
            "application/openmetrics-text;version=\"1\\.0.0\"",
        ] {
            assert_eq!(format(openmetrics), Format::OpenMetrics, "{openmetrics}");
        }
        for text in [
            "*/*",
            "text/html,*/*;q=0.8",
            "text/plain",
            "application/openmetrics-text;version=2.0.0,text/plain;q=0.5",
            "application/openmetrics-text;q=0.1,text/plain",
            "application/openmetrics-text;q=0.1, */*;q=1",
            "application/openmetrics-text;q=0.1, text/*;q=0.2",
            "application/openmetrics-text;version=1.0.0;q=0.1, application/openmetrics-text, text/plain;q=0.2",
            "application/openmetrics-text;q=0, application/*, */*",
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8",
            "application/json, text/plain, */*",
            "application/openmetrics-text;q=0",
            "application/openmetrics-text;x=\";version=1.0.0\";q=0",
            "text/html;x=\"\\\", application/openmetrics-text, \"",
            "",
        ] {
            assert_eq!(format(text), Format::Text, "{text}");
        }
        assert_eq!(preferred_format(&HeaderMap::new()), Format::Text);
    }

    #[test]
    fn a_client_that_prefers_gzip_gets_it() {
        let gzip = |accept| prefers_gzip(&headers(ACCEPT_ENCODING, accept));
        for accepted in [
            "gzip",
            "deflate, GZIP;q=0.5",
            "*",
            "br;q=1.0, *;q=0.1",
            "identity, gzip",
            "gzip;q=0.2, identity;q=0.1",
            "gzip;q=0.2, identity;q=0, *",
            "gzip;q=nan",
        ] {
            assert!(gzip(accepted), "{accepted}");
        }
        for refused in
            ["", "identity", "gzip;q=0", "gzip;q=0, *", "*;q=0", "identity, gzip;q=0.1", "gzip;q=0.1, *", "br"]
        {
            assert!(!gzip(refused), "{refused}");
        }
        assert!(!prefers_gzip(&HeaderMap::new()));
    }
}
