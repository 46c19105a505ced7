//! `error_if = server_error`: a response with 5xx is an error.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use metrics_runtime::{counted, server_error};

use super::support::{finish, metrics, sure};

const ANSWERS: [StatusCode; 4] =
    [StatusCode::OK, StatusCode::NOT_FOUND, StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE];

#[counted(counter = "server_status_total", on = end, labels(outcome), error_if = server_error)]
fn status(status: StatusCode) -> StatusCode {
    status
}

#[counted(counter = "server_response_total", on = end, labels(outcome), error_if = server_error)]
async fn response(status: StatusCode) -> Response {
    status.into_response()
}

#[counted(counter = "server_result_total", on = end, labels(outcome), error_if = server_error)]
async fn result(status: StatusCode) -> Result<Response, StatusCode> {
    if status == StatusCode::NOT_FOUND { Err(status) } else { Ok(status.into_response()) }
}

#[test]
fn each_type_with_a_status() {
    metrics();
    for answer in ANSWERS {
        status(answer);
        finish(response(answer));
        assert_eq!(finish(result(answer)).is_err(), answer == StatusCode::NOT_FOUND);
    }
    for (counter, [ok, error]) in [
        ("server_status_total", [2.0, 2.0]),
        ("server_response_total", [2.0, 2.0]),
        // An `Err` is an error, whatever its status is.
        ("server_result_total", [1.0, 3.0]),
    ] {
        assert_eq!(sure(&format!("{counter}{{outcome=\"ok\"}}")), ok, "{counter}");
        assert_eq!(sure(&format!("{counter}{{outcome=\"error\"}}")), error, "{counter}");
    }
}
