//! Makes the response to a request.

use std::sync::Arc;

use hyper::body::Bytes;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_ENCODING, HeaderName, HeaderValue, VARY, X_CONTENT_TYPE_OPTIONS};
use hyper::{Method, Request, Response, StatusCode};

use super::body::TextBody;
use super::client::Client;
use super::live_page::Front;
use super::negotiate;
use super::response::{TEXT, new_response};
use super::shared_pages::{Kind, SharedPages};
use super::targets::{self, Source, Targets};
use crate::format::Format;

/// The Prometheus text format: <https://prometheus.io/docs/instrumenting/exposition_formats/>.
const PROMETHEUS_TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
const OPENMETRICS: HeaderValue = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// What a request asks for.
pub(super) enum Wanted {
    Page(Kind),
    Health,
    /// The list of targets, from what knows it.
    Targets(Option<Source>),
    /// The live page.
    Front(Response<Bytes>),
    /// A path that there is not.
    Unknown,
    /// With a method that changes something.
    Change,
}

impl Wanted {
    /// The application's own server has no front.
    pub(super) fn by<B>(request: &Request<B>, targets: &Targets, front: Option<&Front>) -> Self {
        let path = request.uri().path();
        if !(matches!(path, "/metrics" | "/healthz" | "/sd")
            || (front.is_some() && matches!(path, "/" | "/catalog.json")))
        {
            return Self::Unknown;
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Self::Change;
        }
        if path == "/healthz" {
            return Self::Health;
        }
        let headers = request.headers();
        let is_gzip = negotiate::prefers_gzip(headers);
        let answer = front.and_then(|front| match path {
            "/metrics" | "/sd" => front.refuse(request),
            _ => Some(front.answer(request, is_gzip)),
        });
        match answer {
            Some(answer) => Self::Front(answer),
            None if path == "/sd" => Self::Targets(targets.source()),
            None => Self::Page(Kind { format: negotiate::preferred_format(headers), is_gzip }),
        }
    }
}

/// The response to a client of our own server, or of the application's.
pub(super) async fn respond(wanted: Wanted, pages: &SharedPages, client: Option<Arc<Client>>) -> Response<TextBody> {
    let (page, mut response) = match wanted {
        Wanted::Page(kind) => {
            let text = pages.get(kind).await;
            (Some(text.id), page_response(kind.format, text.is_gzip, text.bytes))
        }
        Wanted::Health => (None, new_response(StatusCode::OK, TEXT, "ok\n")),
        Wanted::Targets(source) => (None, targets::response(source).await),
        Wanted::Front(response) => (None, response),
        Wanted::Unknown => {
            (None, new_response(StatusCode::NOT_FOUND, TEXT, "not found: the metrics are at /metrics\n"))
        }
        Wanted::Change => {
            let mut response = new_response(StatusCode::METHOD_NOT_ALLOWED, TEXT, "use GET\n");
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            (None, response)
        }
    };
    let headers = response.headers_mut();
    // A page from a proxy's cache would show old values as current ones.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // No other site's page gets to see it, by whichever way.
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    if let Some(client) = &client {
        client.begins_to_read(page);
    }
    response.map(|text| TextBody::new(text, client))
}

fn page_response(format: Format, is_gzip: bool, text: Bytes) -> Response<Bytes> {
    let content_type = match format {
        Format::Text => PROMETHEUS_TEXT,
        Format::OpenMetrics => OPENMETRICS,
    };
    let mut response = new_response(StatusCode::OK, content_type, text);
    if is_gzip {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
    response
}
