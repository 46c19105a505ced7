//! What can go wrong with a note, and what it is for HTTP and for the metrics.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rusqlite::ErrorCode;
use thiserror::Error;

#[derive(Debug, Error)]
pub(crate) enum StoreError {
    #[error("there is no such note")]
    NotFound,
    #[error("the database is locked")]
    Locked,
    #[error("the database does not work: {0}")]
    Broken(rusqlite::Error),
}

impl StoreError {
    /// The label `reason`, or nothing where the answer is right.
    pub(crate) fn reason(&self) -> Option<&'static str> {
        match self {
            Self::NotFound => None,
            Self::Locked => Some("timeout"),
            Self::Broken(_) => Some("error"),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::QueryReturnedNoRows => Self::NotFound,
            error if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Self::Locked,
            error => Self::Broken(error),
        }
    }
}

impl IntoResponse for StoreError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Locked => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, self.to_string()).into_response()
    }
}
