//! Which of its forms a client wants the page in.

use hyper::HeaderMap;
use hyper::header::{ACCEPT, ACCEPT_ENCODING, HeaderName};

use crate::format::Format;

/// OpenMetrics where the client would rather have it than plain text, as Prometheus would. Who takes both as gladly gets
/// it where it is named: a browser, which takes everything, names neither.
pub(super) fn format(headers: &HeaderMap) -> Format {
    let preferences = preferences(headers, &ACCEPT);
    let openmetrics = wish(&preferences, |range, version| match (range, version) {
        ("*/*", _) => Some(ANYTHING),
        ("application/*", _) => Some(OF_ITS_KIND),
        // 0.0.1 is what Prometheus asks for besides; it reads 1.0.0 as well.
        ("application/openmetrics-text", None | Some("0.0.1")) => Some(ITSELF),
        ("application/openmetrics-text", Some("1.0.0")) => Some(ITS_VERSION),
        _ => None,
    });
    let text = wish(&preferences, |range, version| match (range, version) {
        ("*/*", _) => Some(ANYTHING),
        ("text/*", _) => Some(OF_ITS_KIND),
        ("text/plain", None) => Some(ITSELF),
        ("text/plain", Some("0.0.4")) => Some(ITS_VERSION),
        _ => None,
    });
    let is_preferred = openmetrics.weight > text.weight
        || (openmetrics.closeness >= ITSELF && openmetrics.weight >= text.weight && openmetrics.weight > 0.0);
    if is_preferred { Format::OpenMetrics } else { Format::Text }
}

/// Whether the client takes gzip, and would not rather have the page as it is.
pub(super) fn gzip(headers: &HeaderMap) -> bool {
    let preferences = preferences(headers, &ACCEPT_ENCODING);
    let of = |names: &[&str]| {
        wish(&preferences, |coding, _| match coding {
            "*" => Some(ANYTHING),
            coding => names.contains(&coding).then_some(ITSELF),
        })
    };
    let (gzip, identity) = (of(&["gzip", "x-gzip"]), of(&["identity"]));
    gzip.weight > 0.0 && gzip.weight >= identity.weight
}

/// How closely an item of the client's describes what we have.
const ANYTHING: u8 = 0;
const OF_ITS_KIND: u8 = 1;
const ITSELF: u8 = 2;
const ITS_VERSION: u8 = 3;

/// How gladly the client takes something, and how closely it has described it.
#[derive(Default)]
struct Wish {
    closeness: u8,
    weight: f32,
}

/// The item that describes it most closely counts: <https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1>. Of several
/// that are as close, the one with the most weight does; what none describes has none.
fn wish(preferences: &[Preference], closeness: impl Fn(&str, Option<&str>) -> Option<u8>) -> Wish {
    let wishes = preferences.iter().filter_map(|preference| {
        let closeness = closeness(&preference.value, preference.version.as_deref())?;
        Some(Wish { closeness, weight: preference.weight })
    });
    let order = |one: &Wish, other: &Wish| {
        one.closeness.cmp(&other.closeness).then_with(|| one.weight.total_cmp(&other.weight))
    };
    wishes.max_by(order).unwrap_or_default()
}

/// One item of a header, in lower case.
struct Preference {
    value: String,
    version: Option<String>,
    weight: f32,
}

/// The items of a header: <https://www.rfc-editor.org/rfc/rfc9110#name-quality-values>.
fn preferences(headers: &HeaderMap, name: &HeaderName) -> Vec<Preference> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(preference).collect()
}

fn preference(item: &str) -> Preference {
    let mut parts = item.split(';').map(|part| part.trim().to_ascii_lowercase());
    let value = parts.next().unwrap_or_default();
    let (mut version, mut weight) = (None, None);
    for parameter in parts {
        if let Some(text) = parameter.strip_prefix("version=") {
            version = Some(text.trim_matches('"').to_owned());
        } else if let Some(text) = parameter.strip_prefix("q=") {
            weight = text.trim().parse().ok().filter(|weight| (0.0..=1.0).contains(weight));
        }
    }
    // What is no weight says nothing.
    Preference { value, version, weight: weight.unwrap_or(1.0) }
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
            "",
        ] {
            assert_eq!(format(text), Format::Text, "{text}");
        }
        assert_eq!(super::format(&HeaderMap::new()), Format::Text);
    }

    #[test]
    fn gzip_is_for_who_takes_it() {
        let gzip = |accept| gzip(&headers(ACCEPT_ENCODING, accept));
        for taken in [
            "gzip",
            "deflate, GZIP;q=0.5",
            "*",
            "br;q=1.0, *;q=0.1",
            "identity, gzip",
            "gzip;q=0.2, identity;q=0.1",
            "gzip;q=0.2, identity;q=0, *",
            "gzip;q=nan",
        ] {
            assert!(gzip(taken), "{taken}");
        }
        for refused in
            ["", "identity", "gzip;q=0", "gzip;q=0, *", "*;q=0", "identity, gzip;q=0.1", "gzip;q=0.1, *", "br"]
        {
            assert!(!gzip(refused), "{refused}");
        }
        assert!(!super::gzip(&HeaderMap::new()));
    }
}
