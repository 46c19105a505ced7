use std::io::Read as _;

use flate2::read::GzDecoder;
use hyper::Request;
use hyper::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use metrics_runtime::fuzzing::Detached;

use crate::accept::{Item, items};
use crate::page::{Format, read};
use crate::program::detached;

/// Headers, a line for each: `accept: …` or `accept-encoding: …`.
///
/// The answer has a format and an encoding that the client accepts, and none that it likes less than the other one. The body is
/// what the head of the answer says.
pub fn negotiation(data: &[u8]) {
    let mut request = Request::get("/metrics").body(()).expect("it is a request");
    for line in data.split(|byte| *byte == b'\n') {
        let (name, value) = match (line.strip_prefix(b"accept: "), line.strip_prefix(b"accept-encoding: ")) {
            (Some(value), _) => (ACCEPT, value),
            (_, Some(value)) => (ACCEPT_ENCODING, value),
            _ => continue,
        };
        if let Ok(value) = HeaderValue::from_bytes(value) {
            request.headers_mut().append(name, value);
        }
    }
    thread_local! {
        static PROGRAM: Detached = {
            let program = detached(metrics_runtime::builder()).expect("the settings are usual ones");
            program.record(|| metrics::counter!("crates_jobs_total").increment(1));
            program
        };
    }
    let response = PROGRAM.with(|program| program.answer(&request));
    assert_eq!(response.status(), 200);
    let of = |name| items(request.headers().get_all(name).iter().filter_map(|value| value.to_str().ok()));
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let format = match header(CONTENT_TYPE) {
        Some("text/plain; version=0.0.4; charset=utf-8") => Format::Text,
        Some("application/openmetrics-text; version=1.0.0; charset=utf-8") => Format::OpenMetrics,
        other => panic!("{other:?} is not the type of a page"),
    };
    check_format(&of(ACCEPT), format);
    let is_gzip = match header(CONTENT_ENCODING) {
        None => false,
        Some("gzip") => true,
        other => panic!("{other:?} is not an encoding of the page"),
    };
    check_encoding(&of(ACCEPT_ENCODING), is_gzip);
    let mut page = String::new();
    if is_gzip {
        GzDecoder::new(&**response.body()).read_to_string(&mut page).expect("it is compressed");
    } else {
        page = String::from_utf8(response.body().to_vec()).expect("it is a text");
    }
    if let Err(problem) = read(&page, format) {
        panic!("{problem}\n{page}");
    }
}

fn check_format(accept: &[Item], format: Format) {
    let text = weight(accept, &|item| match (&*item.name, item.parameter("version")) {
        ("text/plain", Some("0.0.4")) => Some(3),
        ("text/plain", None) => Some(2),
        ("text/*", _) => Some(1),
        ("*/*", _) => Some(0),
        _ => None,
    });
    let openmetrics = weight(accept, &|item| match (&*item.name, item.parameter("version")) {
        ("application/openmetrics-text", Some("1.0.0")) => Some(3),
        ("application/openmetrics-text", None | Some("0.0.1")) => Some(2),
        ("application/*", _) => Some(1),
        ("*/*", _) => Some(0),
        _ => None,
    });
    let (chosen, other) = if format == Format::Text { (text, openmetrics) } else { (openmetrics, text) };
    let (chosen, other) = (chosen.unwrap_or(0.0), other.unwrap_or(0.0));
    assert!(chosen >= other, "{format:?} has the weight {chosen}, and the other one {other}");
    assert!(chosen > 0.0 || format == Format::Text, "{format:?} is not accepted");
}

fn check_encoding(accept: &[Item], is_gzip: bool) {
    let of = |names: &[&str]| {
        weight(accept, &|item| match &*item.name {
            "*" => Some(0),
            name => names.contains(&name).then_some(1),
        })
    };
    let (gzip, identity) = (of(&["gzip", "x-gzip"]).unwrap_or(0.0), of(&["identity"]));
    if is_gzip {
        assert!(gzip > 0.0, "gzip is not accepted");
        assert!(identity.is_none_or(|identity| gzip >= identity), "the page without gzip is preferred");
    } else {
        // Without an item for it, it is accepted.
        assert!(gzip <= 0.0 || identity.is_some_and(|identity| identity > gzip), "gzip is preferred");
    }
}

/// The weight of the most specific item that matches.
fn weight(accept: &[Item], specificity: &dyn Fn(&Item) -> Option<u8>) -> Option<f32> {
    let matches = accept.iter().filter_map(|item| Some((specificity(item)?, item.weight())));
    matches.max_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1))).map(|(_, weight)| weight)
}
