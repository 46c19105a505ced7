//! The status of a response of `axum`, for functions that count a server error as an error.

use axum::http::{Response, StatusCode};

/// Whether a response is a server error, 5xx. It is written where a function counts such responses as errors.
///
/// It takes a [`StatusCode`], an [`axum::response::Response`], and a `Result` of one of them, of which it reads the `Ok`: an `Err`
/// is a failure already, unless [`ok_if`](macro@crate::counted_failure#which-values-are-failures) says otherwise. What a handler
/// that returns `impl IntoResponse` returns is not known before it is a response: return `Response`, by `.into_response()`.
///
/// ```
/// use axum::http::StatusCode;
/// use axum::response::{IntoResponse, Response};
/// use metrics_runtime::{server_error, timed};
///
/// #[timed(histogram = "show_page_seconds", labels(outcome), error_if = server_error)]
/// async fn show_page() -> Response {
///     StatusCode::SERVICE_UNAVAILABLE.into_response()
/// }
///
/// assert!(server_error(&StatusCode::BAD_GATEWAY) && !server_error(&StatusCode::NOT_FOUND));
/// ```
#[must_use]
pub fn server_error<R: HttpStatus>(response: &R) -> bool {
    response.http_status().is_some_and(|status| status.is_server_error())
}

/// A value whose HTTP status is known, for [`server_error`].
#[diagnostic::on_unimplemented(
    message = "the HTTP status of `{Self}` is not known before it is a response",
    label = "it must be a `StatusCode`, a `Response`, or a `Result` of one of them",
    note = "return `axum::response::Response` from the function: end it with `.into_response()`"
)]
pub trait HttpStatus {
    /// The status, or `None` if it is an `Err`.
    fn http_status(&self) -> Option<StatusCode>;
}

impl HttpStatus for StatusCode {
    fn http_status(&self) -> Option<StatusCode> {
        Some(*self)
    }
}

impl<B> HttpStatus for Response<B> {
    fn http_status(&self) -> Option<StatusCode> {
        Some(self.status())
    }
}

#[diagnostic::do_not_recommend]
impl<T: HttpStatus, E> HttpStatus for Result<T, E> {
    fn http_status(&self) -> Option<StatusCode> {
        self.as_ref().ok().and_then(T::http_status)
    }
}
