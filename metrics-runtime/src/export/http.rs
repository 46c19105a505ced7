//! A blocking HTTP client for the roads, with limits of time and memory.

use std::borrow::Cow;
use std::io::Read as _;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ureq::http::header::{AUTHORIZATION, HeaderValue};
use ureq::http::{Request, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, AsSendBody, Error, Timeout};

use super::road::RoadError;
use crate::util::{percent_decoded, redact_address, shown, shown_to};

/// The most that is read of an answer. A receiver may have a lot to say, and what is cut is not OTLP any more.
const MOST_READ: u64 = 1 << 16;

/// The most bytes of a receiver's words that are shown.
const MOST_SHOWN: usize = 1000;

/// Sends requests to one receiver.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
}

/// A receiver's answer, whatever its status.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The header `Retry-After`.
    pub(crate) retry_after: Option<String>,
    /// The beginning of its body.
    pub(crate) body: Vec<u8>,
}

impl Client {
    /// A client for a receiver. With `https`, it trusts the certificates of the system, or of the file in `SSL_CERT_FILE`.
    pub(crate) fn new(is_https: bool) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // A connection that has waited since the last export may be closed by now, which would fail the next one.
            .max_idle_connections(0)
            .user_agent(concat!("metrics-runtime/", env!("CARGO_PKG_VERSION")));
        let config = if is_https { config.tls_config(tls()) } else { config };
        Self { agent: config.build().into() }
    }

    /// Sends a request, and reads the beginning of the answer, all before the deadline.
    pub(crate) fn send(&self, mut request: Request<impl AsSendBody>, deadline: Instant) -> Result<Answer, RoadError> {
        if let Some(credentials) = credentials(request.uri()) {
            // A header that the program gives comes first.
            request.headers_mut().entry(AUTHORIZATION).or_insert(credentials);
        }
        let address = redact_address(&request.uri().to_string());
        let left = deadline.saturating_duration_since(Instant::now());
        // A timeout of zero means none.
        let request =
            self.agent.configure_request(request).timeout_global(Some(left.max(Duration::from_millis(1)))).build();
        let response = self.agent.run(request).map_err(|error| failure(&address, &error))?;
        let retry_after = response.headers().get("retry-after");
        let retry_after = retry_after.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = response.status().as_u16();
        let mut body = Vec::new();
        // The status says whether the values have arrived, also where the rest of the answer does not come.
        let _ = response.into_body().into_reader().take(MOST_READ).read_to_end(&mut body);
        Ok(Answer { status, retry_after, body })
    }
}

impl Answer {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// An answer that is not a success, with the receiver's words.
    pub(crate) fn into_error(self, what: &str) -> RoadError {
        let words = String::from_utf8_lossy(&self.body);
        let words = words.trim();
        let status = self.status;
        let message = match status {
            300..400 => {
                format!("{what} answers {status}, and redirects are not followed: give the address that it names")
            }
            _ if words.is_empty() => format!("{what} answers {status}"),
            _ => format!("{what} answers {status}: {}", shown_words(words)),
        };
        // The other form of the header, a date, is as good as none: the interval goes on.
        let retry_after = self.retry_after.and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
        RoadError { retry_after, ..RoadError::new(status.to_string(), message) }
    }
}

/// A receiver's words, of which the last may be those that matter.
pub(crate) fn shown_words(words: &str) -> Cow<'_, str> {
    shown_to(words, MOST_SHOWN)
}

/// The error of a request, without what could hold a secret.
fn failure(address: &str, error: &Error) -> RoadError {
    match error {
        Error::Timeout(Timeout::Resolve) => {
            RoadError::new("timeout", format!("{address}: its name is not resolved in time"))
        }
        Error::Timeout(Timeout::Connect) => RoadError::new("timeout", format!("{address}: no connection in time")),
        Error::Timeout(_) => RoadError::new("timeout", format!("{address}: no answer in time")),
        Error::HostNotFound => RoadError::new("host not found", format!("{address}: the host is not found")),
        Error::Io(error) => match error.get_ref().and_then(|error| error.downcast_ref()) {
            Some(error) => tls_failure(address, error),
            None => RoadError::new(format!("{:?}", error.kind()), format!("{address}: {}", shown(&error.to_string()))),
        },
        Error::BadUri(_) | Error::Http(_) => {
            RoadError::new("address", format!("{address} is not an address that can be used"))
        }
        // Such errors may quote the answer, or the address.
        Error::Protocol(_) => RoadError::new("protocol", format!("{address}: its answer is not HTTP")),
        Error::Rustls(error) => tls_failure(address, error),
        Error::Tls(_) => RoadError::new("tls", format!("{address}: {}", shown(&error.to_string()))),
        _ => RoadError::new("other", format!("{address}: the request failed")),
    }
}

fn tls_failure(address: &str, error: &rustls::Error) -> RoadError {
    use rustls::CertificateError::{BadSignature, UnknownIssuer};
    let more = match error {
        // The second one comes where a certificate that is trusted has the same name.
        rustls::Error::InvalidCertificate(UnknownIssuer | BadSignature) => {
            "; trusted are the certificates of the system, or those of the file in `SSL_CERT_FILE`"
        }
        rustls::Error::InvalidMessage(_) => "; it does not speak TLS, as an address with `https` does",
        _ => "",
    };
    RoadError::new("tls", format!("{address}: {}{more}", shown(&error.to_string())))
}

/// The header for the user and the password of an address, where they are percent-encoded. The client would send them as they are.
fn credentials(address: &Uri) -> Option<HeaderValue> {
    let (credentials, _) = address.authority()?.as_str().rsplit_once('@')?;
    let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
    // What is not such an encoding is meant as it is.
    let [user, password] = [user, password].map(|text| percent_decoded(text).unwrap_or_else(|| text.to_owned()));
    let mut header = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// Whether an address has the scheme `https`.
pub(crate) fn is_https(address: &Uri) -> bool {
    address.scheme_str() == Some("https")
}

fn tls() -> TlsConfig {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error means that another thread has chosen one just now, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    // If none can be read, the handshake fails, and the log says so.
    let found = rustls_native_certs::load_native_certs();
    if let Some(error) = found.errors.first().filter(|_| found.certs.is_empty()) {
        tracing::warn!(%error, "the certificates to trust cannot be read, so `https` will fail");
    }
    let certificates: Vec<_> = found.certs.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
    TlsConfig::builder().root_certs(RootCerts::Specific(certificates.into())).build()
}
