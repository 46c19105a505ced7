//! Plain HTTP requests, one connection each.

use std::time::Duration;

use ureq::{Agent, Body};

/// A server that takes longer has got stuck.
const LIMIT: Duration = Duration::from_secs(30);

/// What a server has answered, whatever its status.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The header fields, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Response {
    /// Sends a GET request.
    ///
    /// # Errors
    ///
    /// Where there is no answer.
    pub fn get(url: &str) -> Result<Self, ureq::Error> {
        Self::get_with(url, &[])
    }

    /// Sends a GET request with a query.
    ///
    /// # Errors
    ///
    /// Where there is no answer.
    pub fn get_with(url: &str, query: &[(&str, &str)]) -> Result<Self, ureq::Error> {
        agent().get(url).query_pairs(query.iter().copied()).call().and_then(Self::read)
    }

    /// Sends a POST request.
    ///
    /// # Errors
    ///
    /// Where there is no answer.
    pub fn post(url: &str, body: &str) -> Result<Self, ureq::Error> {
        agent().post(url).send(body).and_then(Self::read)
    }

    /// The value of a header field.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn read(mut response: ureq::http::Response<Body>) -> Result<Self, ureq::Error> {
        let headers = response.headers().iter();
        let headers =
            headers.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        Ok(Self {
            status: response.status().as_u16(),
            headers: headers.collect(),
            body: response.body_mut().with_config().limit(1 << 30).read_to_string()?,
        })
    }
}

fn agent() -> Agent {
    // Nothing of the environment's proxies: everything is on this machine.
    Agent::config_builder().timeout_global(Some(LIMIT)).http_status_as_error(false).proxy(None).build().into()
}
