//! Why a service's address is not known.

use redis::RedisError;

/// Why [`ServiceUrl::get`](super::ServiceUrl::get) has no address.
///
/// ```
/// use metrics_runtime::redis::ServiceUrlError;
///
/// let error = ServiceUrlError::Invalid { key: "current_comfyui_url".to_owned(), value: "gpu".to_owned() };
/// assert_eq!(
///     error.to_string(),
///     "the key `current_comfyui_url` holds `gpu`, which is not an address: set it to one such as `http://gpu:8188`"
/// );
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceUrlError {
    /// The key does not exist.
    #[error(
        "the key `{key}` does not exist: the service has not registered its address, or the registration has expired"
    )]
    Missing {
        /// The key.
        key: String,
    },
    /// The key holds a text that is not an `http://` or `https://` address.
    #[error("the key `{key}` holds `{value}`, which is not an address: set it to one such as `http://gpu:8188`")]
    Invalid {
        /// The key.
        key: String,
        /// The first 80 characters of the text, without its secrets: see
        /// [`redact_address`](super::redact_address).
        value: String,
    },
    /// Redis could not be reached, did not answer in time, or refused to read the key.
    #[error("the key `{key}` cannot be read")]
    Redis {
        /// The key.
        key: String,
        /// The error of the command, or of the attempt to connect.
        source: RedisError,
    },
}
