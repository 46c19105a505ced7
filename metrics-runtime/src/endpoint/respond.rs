//! Makes the response to a request.

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
        return new_response(StatusCode::NOT_FOUND, TEXT, "not found: the metrics are at /metrics\n".to_owned());
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = new_response(StatusCode::METHOD_NOT_ALLOWED, TEXT, "use GET\n".to_owned());
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    if path == "/healthz" {
        return new_response(StatusCode::OK, TEXT, "ok\n".to_owned());
    }
    respond_with_page(request, page)
}

fn respond_with_page<B>(request: &Request<B>, page: &Page) -> Response<Full<Bytes>> {
    let format = negotiate::preferred_format(request.headers());
    let content_type = match format {
        Format::Text => PROMETHEUS_TEXT,
        Format::OpenMetrics => OPENMETRICS,
    };
    let gzip = negotiate::prefers_gzip(request.headers()).then(|| compress(page, format));
    let mut response = match gzip {
        Some(Ok(gzip)) => {
            let mut response = new_response(StatusCode::OK, content_type, gzip);
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            response
        }
        // The client does not prefer gzip; compressing into memory does not fail.
        _ => new_response(StatusCode::OK, content_type, page.render(format)),
    };
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
    response
}

/// How many bytes of the page are compressed at a time.
const PART_SIZE: usize = 64 * 1024;

/// Compresses the page while it is written, so that the whole text is never in memory. The fast level is enough: a page
/// repeats itself a lot, and a scraper usually has a fast network.
fn compress(page: &Page, format: Format) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let mut written = Ok(());
    page.render_in_parts(format, PART_SIZE, &mut |part| {
        if written.is_ok() {
            written = encoder.write_all(part.as_bytes());
        }
        part.clear();
    });
    written?;
    encoder.finish()
}

/// For a HEAD request the server sends only the head of this response.
fn new_response(status: StatusCode, content_type: HeaderValue, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    // A page from a proxy's cache would show old values as current ones.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
