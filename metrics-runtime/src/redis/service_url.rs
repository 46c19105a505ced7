//! The address of a service that a key in Redis holds.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::Client;
use tokio::time::Instant;
use url::Url;

use super::outage_log::OutageLog;
use super::reconnecting_connection::ReconnectingConnection;
use super::service_url_error::ServiceUrlError;
use crate::util::redact_address;
use crate::{Interned, Label as _, declare_metrics};

/// The service, as the label `name`.
// The type's name is a value on the page, too: `metrics_label_overflow_total{label="name"}`.
#[derive(Clone, Copy, Debug, crate::Label)]
#[label(max_values = 8, crate = crate)]
struct Name(Interned);

/// The result of a refresh, as the label `result`.
#[derive(Clone, Copy, Debug, crate::Label)]
#[label(crate = crate)]
enum RefreshResult {
    Ok,
    Missing,
    Invalid,
    Error,
}

impl RefreshResult {
    const ALL: [Self; 4] = [Self::Ok, Self::Missing, Self::Invalid, Self::Error];

    fn of(result: &Result<Url, ServiceUrlError>) -> Self {
        match result {
            Ok(_) => Self::Ok,
            Err(ServiceUrlError::Missing { .. }) => Self::Missing,
            Err(ServiceUrlError::Invalid { .. }) => Self::Invalid,
            Err(ServiceUrlError::Redis { .. }) => Self::Error,
        }
    }

    fn as_str(self) -> &'static str {
        Self::value(self.index()).unwrap_or_default()
    }
}

declare_metrics! {
    crate = crate;

    /// Reads of the key that holds a service's address, by result.
    counter REFRESHES = "service_url_refreshes_total", labels(name: Name, result: RefreshResult);
    /// How long ago the address in use was last read from its key, when a caller last asked for it.
    gauge AGE = "service_url_age_seconds", labels(name: Name);
}

const DEFAULT_REFRESH_INTERVAL: Duration = Duration::from_secs(60);
const DEFAULT_RETRY_INTERVAL: Duration = Duration::from_secs(5);
/// How much of an invalid value an error shows.
const MAX_SHOWN_CHARACTERS: usize = 80;

/// The address of a service that moves or restarts. A key in Redis holds it: whatever starts the service writes it
/// there.
///
/// The key is read at most once in 60 seconds ([`refresh_interval`](Self::refresh_interval)), however many tasks ask.
/// Tasks that ask during the first read wait for it; during a later read they get the last good address. That address
/// is also used while Redis is down, and while the key is missing or does not hold an `http://` or `https://` address.
/// After a failed read, or when a caller [reports](Self::report_failure) that it could not reach the service, the key
/// is read earlier: 5 seconds after the last read ([`retry_interval`](Self::retry_interval)).
///
/// | metric | |
/// | --- | --- |
/// | `service_url_refreshes_total{name, result}` | reads of the key: `ok`, `missing`, `invalid`, `error` |
/// | `service_url_age_seconds{name}` | how long ago the address in use was last read from its key |
///
/// The label `name` is the key. In the whole program 8 keys have series; all further ones share the series `other`.
///
/// ```no_run
/// use metrics_runtime::redis::ServiceUrl;
///
/// # async fn draw(url: url::Url) -> Result<(), std::io::Error> { Ok(()) }
/// # async fn work() -> Result<(), Box<dyn std::error::Error>> {
/// let client = redis::Client::open("redis://127.0.0.1")?;
/// let comfyui = ServiceUrl::new(client, "current_comfyui_url");
/// let url = comfyui.get().await?;
/// if let Err(error) = draw(url.clone()).await {
///     comfyui.report_failure(&url);
///     return Err(error.into());
/// }
/// # Ok(())
/// # }
/// ```
pub struct ServiceUrl {
    key: String,
    name: Name,
    refresh_interval: Duration,
    retry_interval: Duration,
    state: Mutex<State>,
    /// Held during a read: there is one at a time.
    connection: tokio::sync::Mutex<ReconnectingConnection>,
}

#[derive(Default)]
struct State {
    /// The last good address, and when it was read.
    last_good: Option<(Url, Instant)>,
    /// When the last read began.
    last_read: Option<Instant>,
    /// Why the last read gave no address.
    last_error: Option<ServiceUrlError>,
    /// Whether a caller has reported since then that it could not reach the service.
    is_reported: bool,
    outage: OutageLog,
}

impl ServiceUrl {
    /// The address that the key holds. The key is first read by the first [`get`](Self::get).
    ///
    /// Its four series of `service_url_refreshes_total` are 0 from here on, so that `rate()` sees the first failure,
    /// too: <https://prometheus.io/docs/practices/instrumentation/#avoid-missing-metrics>.
    pub fn new(client: Client, key: impl Into<String>) -> Self {
        let key = key.into();
        let name = Name::new(&key);
        // A series that appears with its first failure hides that failure from `rate()`.
        for result in RefreshResult::ALL {
            REFRESHES.with(name, result).increment(0);
        }
        Self {
            name,
            key,
            refresh_interval: DEFAULT_REFRESH_INTERVAL,
            retry_interval: DEFAULT_RETRY_INTERVAL,
            state: Mutex::default(),
            connection: tokio::sync::Mutex::new(ReconnectingConnection::with_default_timeout(client)),
        }
    }

    /// How long an address is used before the key is read again, 60 seconds by default.
    ///
    /// ```
    /// use std::time::Duration;
    /// use metrics_runtime::redis::ServiceUrl;
    ///
    /// # fn main() -> redis::RedisResult<()> {
    /// let client = redis::Client::open("redis://127.0.0.1")?;
    /// let comfyui = ServiceUrl::new(client, "current_comfyui_url")
    ///     .refresh_interval(Duration::from_secs(30))
    ///     .retry_interval(Duration::from_secs(1));
    /// # let _ = comfyui;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub const fn refresh_interval(mut self, interval: Duration) -> Self {
        self.refresh_interval = interval;
        self
    }

    /// The time from a read of the key to the next one after a failed read or a [report](Self::report_failure), 5
    /// seconds by default. An interval longer than the [`refresh_interval`](Self::refresh_interval) has no effect.
    #[must_use]
    pub const fn retry_interval(mut self, interval: Duration) -> Self {
        self.retry_interval = interval;
        self
    }

    /// The address. Reads the key if that is due.
    ///
    /// # Errors
    ///
    /// If no address was read so far: the reason that the last read gave none.
    ///
    /// # Panics
    ///
    /// If it has to connect outside a Tokio runtime with I/O and time enabled.
    pub async fn get(&self) -> Result<Url, ServiceUrlError> {
        if self.is_due() {
            let connection = self.connection.lock().await;
            // A task that waited for the lock has waited for another task's read.
            if self.is_due() {
                self.refresh(&connection).await;
            }
        }
        let state = self.state();
        match (&state.last_good, &state.last_error) {
            (Some((url, read)), _) => {
                AGE.with(self.name).set(read.elapsed().as_secs_f64());
                Ok(url.clone())
            }
            (None, Some(error)) => Err(error.clone()),
            (None, None) => Err(ServiceUrlError::Missing { key: self.key.clone() }),
        }
    }

    /// Reports that the service could not be reached at this address. If the address is still in use, the key is read
    /// again after the [`retry_interval`](Self::retry_interval).
    pub fn report_failure(&self, url: &Url) {
        let mut state = self.state();
        if state.last_good.as_ref().is_some_and(|(last_good, _)| last_good == url) {
            state.is_reported = true;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_due(&self) -> bool {
        let state = self.state();
        let Some(last_read) = state.last_read else { return true };
        if state.last_good.is_none() && state.last_error.is_none() {
            // The first read is in progress: its caller has nothing else to return, so it waits.
            return true;
        }
        let is_retry = state.is_reported || state.last_error.is_some();
        let interval = if is_retry { self.retry_interval.min(self.refresh_interval) } else { self.refresh_interval };
        last_read.elapsed() >= interval
    }

    async fn refresh(&self, connection: &ReconnectingConnection) {
        // Before the reply: a read whose caller stops waiting counts, too.
        self.state().last_read = Some(Instant::now());
        let found = match connection.query::<Option<String>>(redis::cmd("GET").arg(&self.key)).await {
            Ok(Some(value)) => parse_address(&value).ok_or_else(|| ServiceUrlError::Invalid {
                key: self.key.clone(),
                value: redact_address(&value).chars().take(MAX_SHOWN_CHARACTERS).collect(),
            }),
            Ok(None) => Err(ServiceUrlError::Missing { key: self.key.clone() }),
            Err(source) => Err(ServiceUrlError::Redis { key: self.key.clone(), source }),
        };
        let result = RefreshResult::of(&found);
        REFRESHES.with(self.name, result).increment(1);
        let mut state = self.state();
        state.is_reported = false;
        match found {
            Ok(url) => {
                state.last_good = Some((url, Instant::now()));
                state.last_error = None;
                if let Some(failures) = state.outage.record_success() {
                    tracing::warn!(key = self.key, failures, "the address of a service is refreshed again");
                }
            }
            Err(error) => {
                if state.outage.record_failure(result.as_str()) {
                    tracing::warn!(%error, "the address of a service could not be refreshed");
                }
                state.last_error = Some(error);
            }
        }
    }
}

impl fmt::Debug for ServiceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.state().last_good.as_ref().map(|(url, _)| redact_address(url.as_str()));
        f.debug_struct("ServiceUrl").field("key", &self.key).field("url", &url).finish_non_exhaustive()
    }
}

/// `None` if the text is not an `http://` or `https://` address with a host.
fn parse_address(text: &str) -> Option<Url> {
    Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
