//! Which answer a request gets.

use std::io::{self, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, VARY};
use hyper::{Method, Request, Response, StatusCode};

use super::negotiate;
use crate::format::Format;
use crate::page::Page;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
/// The Prometheus text format: <https://prometheus.io/docs/instrumenting/exposition_formats/>.
const PROMETHEUS_TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
const OPENMETRICS: HeaderValue = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

pub(super) fn respond<B>(request: &Request<B>, page: &Page) -> Response<Full<Bytes>> {
    let path = request.uri().path();
    if !matches!(path, "/metrics" | "/healthz") {
        return answer(StatusCode::NOT_FOUND, TEXT, "not found: the metrics are at /metrics\n".to_owned());
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = answer(StatusCode::METHOD_NOT_ALLOWED, TEXT, "use GET\n".to_owned());
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    if path == "/healthz" {
        return answer(StatusCode::OK, TEXT, "ok\n".to_owned());
    }
    metrics(request, page)
}

fn metrics<B>(request: &Request<B>, page: &Page) -> Response<Full<Bytes>> {
    let format = negotiate::format(request.headers());
    let content_type = match format {
        Format::Text => PROMETHEUS_TEXT,
        Format::OpenMetrics => OPENMETRICS,
    };
    let gzip = negotiate::gzip(request.headers()).then(|| compressed(page, format));
    let mut response = match gzip {
        Some(Ok(gzip)) => {
            let mut response = answer(StatusCode::OK, content_type, gzip);
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            response
        }
        _ => answer(StatusCode::OK, content_type, page.render(format)),
    };
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
    response
}

/// What is compressed at a time.
const PART: usize = 64 * 1024;

/// The page, compressed while it is written, so that it is never there whole. Lightly: a page is full of repetitions, and
/// a scraper is near.
fn compressed(page: &Page, format: Format) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let mut written = Ok(());
    page.render_in_parts(format, PART, &mut |part| {
        if written.is_ok() {
            written = encoder.write_all(part.as_bytes());
        }
        part.clear();
    });
    written?;
    encoder.finish()
}

/// For a HEAD request the server sends the head of this alone.
fn answer(status: StatusCode, content_type: HeaderValue, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    // A page that a proxy kept would show a worker's past as its present.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
