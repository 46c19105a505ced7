//! ComfyUI: what is asked of it, and how.
//!
//! Its protocol: <https://docs.comfy.org/development/comfyui-server/comms_routes>.

mod workflow;
mod address;
mod client;
mod image;

use std::time::Duration;

use metrics_runtime::Failure;

pub use address::Address;
pub use client::ComfyClient;
pub use image::Image;
pub use workflow::{Drawing, Step, Workflow};

/// Why there is no image.
#[derive(Debug, thiserror::Error, Failure)]
pub enum ComfyError {
    #[error("it is not known where the ComfyUI server is")]
    #[failure(error)]
    Address(#[from] metrics_runtime::redis::ServiceUrlError),
    #[error("no image within {0:?}")]
    #[failure(timeout)]
    Timeout(Duration),
    #[error("the ComfyUI server does not answer as it should")]
    #[failure(source)]
    Http(#[from] reqwest::Error),
    #[error("the ComfyUI server refuses the workflow: {0}")]
    #[failure(error)]
    Rejected(String),
    #[error("the ComfyUI server has failed to make the image: {0}")]
    #[failure(error)]
    Execution(String),
    #[error("the ComfyUI server answers `{status}` at `{endpoint}`: {body}")]
    #[failure(error)]
    Status { endpoint: &'static str, status: reqwest::StatusCode, body: String },
    #[error("the ComfyUI server's answer is not what the protocol says: {0}")]
    #[failure(error)]
    Protocol(String),
    #[error("the image is no PNG that can be read: {0}")]
    #[failure(error)]
    Png(#[from] png::DecodingError),
}
