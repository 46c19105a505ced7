//! Why there is no image.

use std::time::Duration;

use metrics_runtime::Failure;

/// Why there is no image.
#[derive(Debug, thiserror::Error, Failure)]
pub(crate) enum ComfyError {
    #[error("the address of the ComfyUI server is not known")]
    #[failure(error)]
    Address(#[from] metrics_runtime::redis::ServiceUrlError),
    #[error("no image within {0:?}")]
    #[failure(timeout)]
    Timeout(Duration),
    #[error("the request to the ComfyUI server has failed")]
    #[failure(source)]
    Http(#[source] reqwest::Error),
    #[error("the ComfyUI server rejects the workflow: {0}")]
    #[failure(error)]
    Rejected(String),
    #[error("the ComfyUI server has failed to make the image: {0}")]
    #[failure(error)]
    Execution(String),
    #[error("the ComfyUI server answers `{status}` at `{endpoint}`: {body}")]
    #[failure(error)]
    Status { endpoint: &'static str, status: reqwest::StatusCode, body: String },
    #[error("the answer of the ComfyUI server does not follow the protocol: {0}")]
    #[failure(error)]
    Protocol(String),
    #[error("the image is not a PNG that can be read: {0}")]
    #[failure(error)]
    Png(#[from] png::DecodingError),
}

impl From<reqwest::Error> for ComfyError {
    /// Keeps of the address what is not a secret: the query may hold a token.
    fn from(mut error: reqwest::Error) -> Self {
        if let Some(url) = error.url_mut() {
            url.set_query(None);
            // They fail where the address can have neither.
            let _ = (url.set_username(""), url.set_password(None));
        }
        Self::Http(error)
    }
}
