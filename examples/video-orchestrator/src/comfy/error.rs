//! Why there is no image.

use std::time::Duration;

use metrics_runtime::Failure;
use reqwest::StatusCode;

/// Why there is no image.
#[derive(Debug, thiserror::Error, Failure)]
pub(crate) enum ComfyError {
    #[error("the address of the ComfyUI server is not known")]
    #[failure(error)]
    Address(#[from] metrics_runtime::redis::ServiceUrlError),
    #[error("no image within {limit:?}")]
    #[failure(timeout)]
    Timeout {
        limit: Duration,
        /// What went wrong with the last request, if it went wrong.
        #[source]
        trouble: Option<Box<ComfyError>>,
    },
    #[error("the ComfyUI server cannot be reached")]
    #[failure(source)]
    Unreachable(#[source] reqwest::Error),
    #[error("the request to the ComfyUI server has failed")]
    #[failure(source)]
    Http(#[source] reqwest::Error),
    #[error("the ComfyUI server rejects the workflow with `{status}`: {reason}")]
    #[failure(error)]
    Rejected { status: StatusCode, reason: String },
    #[error("the ComfyUI server has failed to make the image: {0}")]
    #[failure(error)]
    Execution(String),
    #[error("the workflow was interrupted on the ComfyUI server{at}")]
    #[failure(error)]
    Interrupted { at: String },
    #[error(
        "the ComfyUI server no longer knows the workflow: it was restarted, or somebody has cleared its queue or its \
         history"
    )]
    #[failure(error)]
    Lost,
    #[error("the ComfyUI server was restarted while it made the image")]
    #[failure(error)]
    Restarted,
    #[error("the ComfyUI server answers `{status}` at `{endpoint}`: {body}")]
    #[failure(error)]
    Status { endpoint: &'static str, status: StatusCode, body: String },
    #[error("the answer of the ComfyUI server at `{endpoint}` has more than {limit} bytes")]
    #[failure(error)]
    TooLarge { endpoint: &'static str, limit: usize },
    #[error("the answer of the ComfyUI server does not follow the protocol: {0}")]
    #[failure(error)]
    Protocol(String),
    #[error("the image has {width} x {height} pixels, which is more than any workflow asks for")]
    #[failure(error)]
    Size { width: u32, height: u32 },
    #[error("the image is not a PNG that can be read: {0}")]
    #[failure(error)]
    Png(#[from] png::DecodingError),
}

impl From<reqwest::Error> for ComfyError {
    /// Keeps only the parts of the address that are not a secret: the query may hold a token.
    fn from(mut error: reqwest::Error) -> Self {
        if let Some(url) = error.url_mut() {
            url.set_query(None);
            // They fail where the address can have neither.
            let _ = (url.set_username(""), url.set_password(None));
        }
        if error.is_connect() { Self::Unreachable(error) } else { Self::Http(error) }
    }
}

impl ComfyError {
    /// Whether the same request may have an answer later: the server, or what is between it and us, has a fault of its own.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Http(error) => !error.is_builder() && !error.is_redirect(),
            Self::Status { status, .. } => {
                status.is_server_error()
                    || matches!(*status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
            }
            _ => false,
        }
    }

    /// Whether the server could be the reason, and not the workflow.
    pub(crate) fn may_be_about_the_server(&self) -> bool {
        matches!(
            self,
            Self::Address(_)
                | Self::Timeout { .. }
                | Self::Unreachable(_)
                | Self::Http(_)
                | Self::Status { .. }
                | Self::TooLarge { .. }
                | Self::Protocol(_)
        )
    }

    /// Whether the server had to be started again, and has forgotten the workflow.
    pub(crate) fn is_restart(&self) -> bool {
        matches!(self, Self::Restarted)
    }

    /// Whether no connection could be made.
    pub(crate) fn is_unreachable(&self) -> bool {
        match self {
            Self::Address(_) | Self::Unreachable(_) => true,
            Self::Timeout { trouble, .. } => trouble.as_ref().is_some_and(|trouble| trouble.is_unreachable()),
            _ => false,
        }
    }
}
