//! The address of the ComfyUI server.

use std::fmt;

use metrics_runtime::redis::{ServiceUrl, ServiceUrlError, redact_address};
use reqwest::Url;

/// The address of the ComfyUI server.
pub(crate) enum Address {
    /// From the settings.
    Fixed(Url),
    /// From a key in Redis, which may change.
    Discovered(Box<ServiceUrl>),
}

impl Address {
    pub(crate) async fn get(&self) -> Result<Url, ServiceUrlError> {
        match self {
            Self::Fixed(url) => Ok(url.clone()),
            Self::Discovered(service) => service.get().await,
        }
    }

    /// Reports that the server could not be reached at this address.
    pub(crate) fn report_failure(&self, url: &Url) {
        if let Self::Discovered(service) = self {
            service.report_failure(url);
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(url) => f.write_str(&redact_address(url.as_str())),
            Self::Discovered(service) => fmt::Debug::fmt(service, f),
        }
    }
}
