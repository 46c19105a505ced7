//! What our own server answers besides the metrics: the live page, or why there is none.

use std::net::SocketAddr;
use std::sync::OnceLock;

use flate2::Compression;
use hyper::body::Bytes;
use hyper::header::{CONTENT_ENCODING, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, VARY};
use hyper::{Request, Response, StatusCode};

use super::caller::{HostName, OwnNames, is_browser};
use super::response::{JSON, TEXT, new_response};
use super::targets::Targets;
use crate::live_page::{CONTENT_SECURITY_POLICY as POLICY, DOCUMENT, LivePage};
use crate::util::gzip;

const OFF: &str = "the live page is off: it shows the paths of the source, so where other machines can open it, it is on only \
    if METRICS_LIVE_PAGE=true says so; the metrics are at /metrics\n";

/// The live page of our own server, and under which names it is opened.
#[derive(Debug)]
pub(crate) struct Front {
    address: SocketAddr,
    names: OwnNames,
    page: Option<LivePage>,
    targets: Targets,
}

impl Front {
    /// `page` makes the live page if there is one: the settings say so, or else, that only this machine is listened to.
    pub(crate) fn new(
        address: SocketAddr,
        names: Vec<HostName>,
        is_on: Option<bool>,
        page: impl FnOnce() -> LivePage,
        targets: Targets,
    ) -> Self {
        let names = OwnNames::new(address, names);
        let page = is_on.unwrap_or_else(|| names.are_local()).then(page);
        Self { address, names, page, targets }
    }

    pub(crate) fn has_page(&self) -> bool {
        self.page.is_some()
    }

    pub(super) fn targets(&self) -> &Targets {
        &self.targets
    }

    /// The answer to a request for the document or the catalog.
    pub(super) fn answer<B>(&self, request: &Request<B>, is_gzip: bool) -> Response<Bytes> {
        if !self.names.has(request) {
            return self.foreign_host();
        }
        match (&self.page, request.uri().path()) {
            (Some(_), "/") => document(is_gzip),
            (Some(page), _) => catalog(page, is_gzip),
            (None, _) => text(StatusCode::NOT_FOUND, OFF.to_owned()),
        }
    }

    /// Refuses a request for the metrics or the list of targets that a page of another site may have sent. A scraper may use any name, since it may
    /// come through a tunnel or a proxy. Where other machines are listened to, they can read the metrics without a browser.
    pub(super) fn refuse<B>(&self, request: &Request<B>) -> Option<Response<Bytes>> {
        let is_refused = self.names.are_local() && is_browser(request.headers()) && !self.names.has(request);
        is_refused.then(|| self.foreign_host())
    }

    fn foreign_host(&self) -> Response<Bytes> {
        let address = self.address;
        let here = if self.names.are_local() {
            format!("open http://{address}/ or, through a tunnel, http://localhost and the tunnel's port")
        } else if address.ip().is_unspecified() {
            "open it by an address of its machine".to_owned()
        } else {
            format!("open http://{address}/")
        };
        let problem = "the `Host` is not a name of this server, and a page of another site may have sent the request";
        let setting = "a name with a dot can be given in METRICS_LIVE_PAGE=worker-1.example.com";
        text(StatusCode::MISDIRECTED_REQUEST, format!("{problem}: {here}; {setting}\n"))
    }
}

fn document(is_gzip: bool) -> Response<Bytes> {
    static COMPRESSED: OnceLock<Option<Vec<u8>>> = OnceLock::new();
    let compressed = if is_gzip { COMPRESSED.get_or_init(|| compressed(DOCUMENT)).as_deref() } else { None };
    let body = Bytes::from_static(compressed.unwrap_or(DOCUMENT.as_bytes()));
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    let mut response = compressible(new_response(StatusCode::OK, html, body), compressed.is_some());
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn catalog(page: &LivePage, is_gzip: bool) -> Response<Bytes> {
    let json = page.catalog_json();
    let compressed = if is_gzip { compressed(&json) } else { None };
    let is_gzip = compressed.is_some();
    let body = Bytes::from(compressed.unwrap_or_else(|| json.into_bytes()));
    compressible(new_response(StatusCode::OK, JSON, body), is_gzip)
}

fn text(status: StatusCode, text: String) -> Response<Bytes> {
    compressible(new_response(status, TEXT, text), false)
}

fn compressible(mut response: Response<Bytes>, is_gzip: bool) -> Response<Bytes> {
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if is_gzip {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// Compressing into memory does not fail.
fn compressed(text: &str) -> Option<Vec<u8>> {
    gzip(text.as_bytes(), Compression::best()).ok()
}
