//! Where the ComfyUI server is.

use metrics_runtime::redis::{ServiceUrl, ServiceUrlError};
use reqwest::Url;

/// Where the ComfyUI server is.
#[derive(Debug)]
pub enum Address {
    /// Where it was said to be.
    Fixed(Url),
    /// Where a key in Redis says that it is now.
    Found(Box<ServiceUrl>),
}

impl Address {
    pub async fn get(&self) -> Result<Url, ServiceUrlError> {
        match self {
            Self::Fixed(url) => Ok(url.clone()),
            Self::Found(service) => service.get().await,
        }
    }

    /// Says that the server could not be reached there.
    pub fn report_failure(&self, url: &Url) {
        if let Self::Found(service) = self {
            service.report_failure(url);
        }
    }
}
