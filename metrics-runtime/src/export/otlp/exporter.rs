//! The road: sends the page to a receiver of OTLP.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use flate2::Compression;
use ureq::http::{HeaderName, HeaderValue, Request, Uri};

use super::answer::{Accepted, read_success, words_of_failure};
use super::request::{Times, encode};
use super::retry_after;
use super::sent_exemplars::SentExemplars;
use crate::definition::ExportRoad;
use crate::export::http::{Answer, Client, is_https, shown_words};
use crate::export::road::{Road, RoadError};
use crate::export::state::{Family, Value, families};
use crate::page::Page;
use crate::util::{gzip, redact_address, since_1970};

/// The settings, resolved.
#[derive(Clone)]
pub(crate) struct OtlpSettings {
    /// The URL to which the metrics are posted.
    pub(crate) endpoint: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) is_gzip: bool,
    /// How long an export may take.
    pub(crate) timeout: Duration,
    pub(crate) interval: Duration,
    /// The attributes of the resource.
    pub(crate) resource: Vec<(String, String)>,
}

impl OtlpSettings {
    /// Whether a request can be sent to it.
    pub(crate) fn is_url(text: &str) -> bool {
        let Ok(url) = text.parse::<Uri>() else { return false };
        url.authority().is_some_and(|authority| {
            let host = authority.host();
            // A port that is not a number counts as none.
            !host.is_empty() && (authority.port_u16().is_some() || authority.as_str().ends_with(host))
        })
    }

    /// Whether a request can have this header.
    pub(crate) fn is_header(name: &str, value: &str) -> bool {
        HeaderName::from_bytes(name.as_bytes()).is_ok() && HeaderValue::from_str(value).is_ok()
    }
}

/// Without the headers and the secrets of the address.
impl std::fmt::Debug for OtlpSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OtlpSettings").field("endpoint", &redact_address(&self.endpoint)).finish_non_exhaustive()
    }
}

/// Posts the metrics. No value is kept for later: they count from the start, so the next export has what a failed one lost.
pub(crate) struct OtlpRoad {
    settings: OtlpSettings,
    client: Client,
    opened: SystemTime,
    /// When the counting began, in nanoseconds since 1970. Receivers take another time for a restart, so it stays the same.
    start: Option<u64>,
    sent: SentExemplars,
}

impl OtlpRoad {
    pub(crate) fn new(settings: OtlpSettings) -> Self {
        let is_https = settings.endpoint.parse().is_ok_and(|url| is_https(&url));
        Self {
            settings,
            client: Client::new(is_https),
            opened: SystemTime::now(),
            start: None,
            sent: SentExemplars::default(),
        }
    }

    fn times(&mut self, families: &[Family<'_>]) -> Times {
        let now = SystemTime::now();
        let opened = self.opened;
        // The process' own counters, such as that of CPU time, began with the process.
        let start =
            *self.start.get_or_insert_with(|| nanoseconds(start_of_process(families).unwrap_or(opened).min(opened)));
        // The clock may have been set back.
        Times { start, now: nanoseconds(now).max(start) }
    }

    fn request(&self, body: Vec<u8>) -> Result<Request<Vec<u8>>, RoadError> {
        let unusable = || RoadError::new("request", "the request cannot be made");
        let mut request = Request::post(&self.settings.endpoint).header("content-type", "application/x-protobuf");
        for (name, value) in &self.settings.headers {
            let mut value = HeaderValue::from_str(value).map_err(|_| unusable())?;
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        let body = if self.settings.is_gzip {
            request = request.header("content-encoding", "gzip");
            // The fast level is enough: labels repeat themselves a lot.
            gzip(&body, Compression::fast()).map_err(|_| unusable())?
        } else {
            body
        };
        request.body(body).map_err(|_| unusable())
    }
}

impl Road for OtlpRoad {
    fn name(&self) -> ExportRoad {
        ExportRoad::Otlp
    }

    fn interval(&self) -> Duration {
        self.settings.interval
    }

    fn limit(&self) -> Duration {
        self.settings.timeout
    }

    fn send(&mut self, page: &Page, deadline: Instant) -> Result<(), RoadError> {
        let page = page.render_with_exemplars();
        let mut families = families(&page);
        self.sent.leave_out_of(&mut families);
        let times = self.times(&families);
        let body = encode(&families, &self.settings.resource, times);
        let deadline = deadline.min(Instant::now() + self.settings.timeout);
        let answer = self.client.send(self.request(body)?, deadline)?;
        judge(&self.settings.endpoint, answer)?;
        self.sent.add(&families);
        Ok(())
    }
}

/// What an answer means.
pub(super) fn judge(endpoint: &str, answer: Answer) -> Result<(), RoadError> {
    if answer.is_success() {
        return match read_success(&answer.body) {
            Accepted::All => Ok(()),
            Accepted::Partly { rejected, words } => {
                let (road, words) = (ExportRoad::Otlp.as_str(), shown_words(&words));
                tracing::warn!(road, rejected, "the receiver of OTLP has not taken everything: {words}");
                Ok(())
            }
            Accepted::NotOtlp => {
                let address = redact_address(endpoint);
                Err(RoadError::new("not otlp", format!("{address}: its answer is not one of OTLP")))
            }
        };
    }
    // The specification has the header with these two.
    let may_wait = matches!(answer.status, 429 | 503);
    let wait = answer.retry_after.as_deref().filter(|_| may_wait);
    let retry_after = wait.and_then(|value| retry_after::parse(value, SystemTime::now()));
    let body = words_of_failure(&answer.body).into_owned().into_bytes();
    Err(RoadError { retry_after, ..Answer { body, ..answer }.into_error("the receiver of OTLP") })
}

/// When the process began, as the page says.
fn start_of_process(families: &[Family<'_>]) -> Option<SystemTime> {
    let family = families.iter().find(|family| family.name == "process_start_time_seconds")?;
    let Value::Number(seconds) = family.series.first()?.value else { return None };
    UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(seconds).ok()?)
}

/// Since 1970.
fn nanoseconds(time: SystemTime) -> u64 {
    u64::try_from(since_1970(time).as_nanos()).unwrap_or(u64::MAX)
}
