//! A Pushgateway: <https://github.com/prometheus/pushgateway#put-method>.

use std::fmt;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ureq::http::{Method, Request, Uri};

use super::at_exit::AtExit;
use super::http::{Client, is_https};
use super::road::{Road, RoadError};
use crate::definition::ExportRoad;
use crate::format::Format;
use crate::page::{Page, compress};
use crate::util::redact_address;

/// The group of metrics that a program has at a gateway.
#[derive(Clone)]
pub(crate) struct PushGroup {
    url: Uri,
}

impl PushGroup {
    /// The group of a job with further labels. Errors say what is wrong with the address, without its secrets.
    pub(crate) fn new(gateway: &str, job: &str, labels: &[(String, String)]) -> Result<Self, &'static str> {
        let gateway = gateway.trim();
        let uri: Uri = gateway.parse().map_err(|_| "is not an address")?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none_or(str::is_empty) {
            return Err("does not begin with `http://` or `https://` and a host");
        }
        if uri.query().is_some() || gateway.contains('#') {
            return Err("has a query or a fragment, which a Pushgateway does not take");
        }
        let mut url = gateway.trim_end_matches('/').to_owned();
        url.push_str("/metrics");
        push_label(&mut url, "job", job);
        for (name, value) in labels {
            push_label(&mut url, name, value);
        }
        Ok(Self { url: url.parse().map_err(|_| "is too long, together with the labels of the group")? })
    }
}

/// `/zone/a`, or `/path@base64/L3Zhci90bXA` for a value with other signs.
fn push_label(url: &mut String, name: &str, value: &str) {
    let is_plain = |sign: u8| sign.is_ascii_alphanumeric() || matches!(sign, b'-' | b'_' | b'.' | b'~');
    url.push('/');
    url.push_str(name);
    // A path of dots is another folder.
    if value.bytes().all(is_plain) && !value.bytes().all(|sign| sign == b'.') {
        url.push('/');
        url.push_str(value);
    } else {
        url.push_str("@base64/");
        URL_SAFE_NO_PAD.encode_string(value, url);
    }
}

impl fmt::Debug for PushGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact_address(&self.url.to_string()))
    }
}

/// The road to a gateway.
#[derive(Debug)]
pub(crate) struct Pushgateway {
    group: PushGroup,
    interval: Duration,
    at_exit: AtExit,
    client: Client,
}

impl Pushgateway {
    pub(crate) fn new(group: PushGroup, interval: Duration, at_exit: AtExit) -> Self {
        let client = Client::new(is_https(&group.url));
        Self { group, interval, at_exit, client }
    }

    fn request(&self, method: Method, body: Option<Vec<u8>>, deadline: Instant) -> Result<(), RoadError> {
        let request = Request::builder().method(method).uri(self.group.url.clone());
        let request = match &body {
            Some(_) => request.header("content-type", "text/plain; version=0.0.4").header("content-encoding", "gzip"),
            None => request,
        };
        let unusable = |_| RoadError::new("address", format!("{:?} is not an address that can be used", self.group));
        let answer = match body {
            Some(body) => self.client.send(request.body(body).map_err(unusable)?, deadline)?,
            None => self.client.send(request.body(()).map_err(unusable)?, deadline)?,
        };
        if answer.is_success() { Ok(()) } else { Err(answer.into_error("the Pushgateway")) }
    }
}

impl Road for Pushgateway {
    fn name(&self) -> ExportRoad {
        ExportRoad::Push
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn send(&mut self, page: &Page, deadline: Instant) -> Result<(), RoadError> {
        let (body, _) = compress(page, Format::Text).map_err(|error| RoadError::new("gzip", error.to_string()))?;
        // PUT replaces the whole group: series that are gone here are gone there.
        self.request(Method::PUT, Some(body), deadline)
    }

    fn finish(&mut self, page: &Page, deadline: Instant) -> Result<(), RoadError> {
        match self.at_exit {
            AtExit::Push => self.send(page, deadline),
            AtExit::Delete => self.request(Method::DELETE, None, deadline),
            AtExit::None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PushGroup;

    fn url(gateway: &str, job: &str, labels: &[(&str, &str)]) -> Result<String, &'static str> {
        let labels: Vec<_> = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        PushGroup::new(gateway, job, &labels).map(|group| group.url.to_string())
    }

    #[test]
    fn values_that_a_path_cannot_hold_are_encoded() {
        assert_eq!(url("http://gw:9091", "import", &[]).as_deref(), Ok("http://gw:9091/metrics/job/import"));
        assert_eq!(
            url("https://gw/prefix/", "a/b", &[("zone", "eu-1"), ("path", "/var/tmp"), ("x", ".."), ("y", "é ?")])
                .as_deref(),
            Ok(
                "https://gw/prefix/metrics/job@base64/YS9i/zone/eu-1/path@base64/L3Zhci90bXA/x@base64/Li4/y@base64/w6kgPw"
            )
        );
    }

    #[test]
    fn only_addresses_of_http_are_taken() {
        for gateway in ["gw:9091", "ftp://gw", "http://", "/metrics", "http://gw?x=1", "http://gw#x", "http://g w", ""]
        {
            assert!(url(gateway, "a", &[]).is_err(), "{gateway}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let group = PushGroup::new("https://user:secret@gw", "a", &[]).expect("it is an address");
        assert_eq!(format!("{group:?}"), "https://…@gw/metrics/job/a");
    }
}
