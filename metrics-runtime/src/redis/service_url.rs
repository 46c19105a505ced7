//! The address of a service, as a key in Redis holds it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use metrics_macros::{Label, declare_metrics};
use redis::{Client, RedisError};
use tokio::time::Instant;
use url::Url;

use super::trouble::Trouble;
use super::{LIMIT, Link};
use crate::{Interned, Label as _};

/// Whose address it is, as the label `name`.
#[derive(Clone, Copy, Debug, Label)]
#[label(max_values = 8, crate = crate)]
struct Name(Interned);

/// How a look at the key has ended.
#[derive(Clone, Copy, Debug, Label)]
#[label(crate = crate)]
enum Refresh {
    Ok,
    Missing,
    Invalid,
    Error,
}

impl Refresh {
    const ALL: [Self; 4] = [Self::Ok, Self::Missing, Self::Invalid, Self::Error];

    fn of(found: &Result<Url, ServiceUrlError>) -> Self {
        match found {
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

    /// Looks at the key that holds a service's address, by how they ended.
    counter REFRESHES = "service_url_refreshes_total", labels(name: Name, result: Refresh);
    /// How long ago the address that is used was last found at its key, as of the last time it was asked for.
    gauge AGE = "service_url_age_seconds", labels(name: Name);
}

const DEFAULT_CACHE: Duration = Duration::from_secs(60);
const DEFAULT_EARLIEST: Duration = Duration::from_secs(5);
/// What a message shows of a value that is no address.
const SHOWN_CHARACTERS: usize = 80;

/// The address of a service that comes and goes: a key in Redis holds it, and whoever starts the service writes it there.
///
/// It is read once in 60 seconds at most ([`cached_for`](Self::cached_for)), however many tasks ask; those that ask while it
/// is first read wait for that one answer, and later the last good one serves meanwhile. While Redis is down, or the key is missing or holds no `http://` or `https://`
/// address, the last good one serves. Who cannot reach the service [says so](Self::report_failure), and the key is
/// looked at earlier, but no sooner than 5 seconds after the last look ([`refreshed_after`](Self::refreshed_after)); the same
/// goes for a look that failed.
///
/// | metric | |
/// | --- | --- |
/// | `service_url_refreshes_total{name, result}` | `ok`, `missing`, `invalid`, `error` |
/// | `service_url_age_seconds{name}` | how long ago the address was last found at its key |
///
/// The label `name` is the key; 8 have a series of their own.
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
#[derive(Debug)]
pub struct ServiceUrl {
    key: String,
    name: Name,
    cache: Duration,
    earliest: Duration,
    known: Mutex<Known>,
    /// One looks at a time.
    link: tokio::sync::Mutex<Link>,
}

/// What is known of the address.
#[derive(Debug, Default)]
struct Known {
    /// The last good one, and when it was found.
    good: Option<(Url, Instant)>,
    /// When the key was last looked at.
    looked: Option<Instant>,
    /// Why the last look gave nothing.
    failure: Option<ServiceUrlError>,
    /// Whether somebody could not reach the service since.
    is_suspect: bool,
    trouble: Trouble,
}

/// Why there is no address.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceUrlError {
    /// The key does not exist.
    #[error("the key `{key}` does not exist: the service has not said where it is, or its registration has run out")]
    Missing {
        /// The key.
        key: String,
    },
    /// The key holds something else.
    #[error("the key `{key}` holds `{value}`, which is no address: write one such as `http://gpu:8188` there")]
    Invalid {
        /// The key.
        key: String,
        /// What it holds, cut short.
        value: String,
    },
    /// Redis cannot be asked.
    #[error("the key `{key}` cannot be read")]
    Redis {
        /// The key.
        key: String,
        /// What Redis, or the way there, says.
        source: RedisError,
    },
}

impl ServiceUrl {
    /// The address that this key holds. Redis is asked when the address is.
    pub fn new(client: Client, key: impl Into<String>) -> Self {
        let key = key.into();
        let name = Name::new(&key);
        // A series that appears with its first failure hides that failure from `rate()`.
        for result in Refresh::ALL {
            REFRESHES.with(name, result).increment(0);
        }
        Self {
            name,
            key,
            cache: DEFAULT_CACHE,
            earliest: DEFAULT_EARLIEST,
            known: Mutex::default(),
            link: tokio::sync::Mutex::new(Link::new(client, LIMIT)),
        }
    }

    /// How long an address is used before the key is looked at again: 60 seconds unless this says otherwise.
    #[must_use]
    pub const fn cached_for(mut self, cache: Duration) -> Self {
        self.cache = cache;
        self
    }

    /// How soon after a look at the key the next one may be, where the address was reported or not found: 5 seconds unless
    /// this says otherwise.
    #[must_use]
    pub const fn refreshed_after(mut self, earliest: Duration) -> Self {
        self.earliest = earliest;
        self
    }

    /// The address.
    ///
    /// # Errors
    ///
    /// Where none has been found yet.
    pub async fn get(&self) -> Result<Url, ServiceUrlError> {
        if self.is_due() {
            let link = self.link.lock().await;
            // Who waited for the lock has waited for the answer.
            if self.is_due() {
                self.look(&link).await;
            }
        }
        let known = self.known();
        match (&known.good, &known.failure) {
            (Some((url, found)), _) => {
                AGE.with(self.name).set(found.elapsed().as_secs_f64());
                Ok(url.clone())
            }
            (None, Some(failure)) => Err(failure.clone()),
            (None, None) => Err(ServiceUrlError::Missing { key: self.key.clone() }),
        }
    }

    /// Says that the service could not be reached at this address. Where it is still the one in use, the key is looked at
    /// again, as soon as it may be.
    pub fn report_failure(&self, url: &Url) {
        let mut known = self.known();
        if known.good.as_ref().is_some_and(|(good, _)| good == url) {
            known.is_suspect = true;
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_due(&self) -> bool {
        let known = self.known();
        let Some(looked) = known.looked else { return true };
        if known.good.is_none() && known.failure.is_none() {
            // The first look is under way: its answer is worth waiting for.
            return true;
        }
        let hurry = known.is_suspect || known.failure.is_some();
        looked.elapsed() >= if hurry { self.earliest.min(self.cache) } else { self.cache }
    }

    async fn look(&self, link: &Link) {
        // Before the answer: who stops waiting for it has looked as well.
        self.known().looked = Some(Instant::now());
        let found = match link.query::<Option<String>>(redis::cmd("GET").arg(&self.key)).await {
            Ok(Some(value)) => address(&value).ok_or_else(|| ServiceUrlError::Invalid {
                key: self.key.clone(),
                value: value.chars().take(SHOWN_CHARACTERS).collect(),
            }),
            Ok(None) => Err(ServiceUrlError::Missing { key: self.key.clone() }),
            Err(source) => Err(ServiceUrlError::Redis { key: self.key.clone(), source }),
        };
        let result = Refresh::of(&found);
        REFRESHES.with(self.name, result).increment(1);
        let mut known = self.known();
        known.is_suspect = false;
        match found {
            Ok(url) => {
                known.good = Some((url, Instant::now()));
                known.failure = None;
                if let Some(failures) = known.trouble.is_over() {
                    tracing::warn!(key = self.key, failures, "the address of a service is known anew");
                }
            }
            Err(error) => {
                if known.trouble.is_news(result.as_str()) {
                    tracing::warn!(%error, "the address of a service is not known anew");
                }
                known.failure = Some(error);
            }
        }
    }
}

fn address(value: &str) -> Option<Url> {
    Url::parse(value.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
