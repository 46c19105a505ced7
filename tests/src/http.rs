//! Plain HTTP requests, one connection each.

use ureq::{Agent, Body};

use crate::waiting::SAFETY_LIMIT;

/// The largest body that is read; no page of ours is nearly as large.
const LARGEST: u64 = 1 << 30;

/// A server's answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The header fields, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// Whether a server answers a GET request with 200.
pub(crate) fn is_ready(url: &str) -> bool {
    Response::get(url).is_ok_and(|response| response.status == 200)
}

impl Response {
    /// Sends a GET request.
    ///
    /// # Errors
    ///
    /// If there is no answer.
    pub fn get(url: &str) -> Result<Self, ureq::Error> {
        Self::get_with(url, &[])
    }

    /// Sends a GET request with a query.
    ///
    /// # Errors
    ///
    /// If there is no answer.
    pub fn get_with(url: &str, query: &[(&str, &str)]) -> Result<Self, ureq::Error> {
        agent().get(url).query_pairs(query.iter().copied()).call().and_then(Self::read)
    }

    /// Sends a GET request with header fields; also gives the bytes of the body.
    ///
    /// # Errors
    ///
    /// If there is no answer.
    pub fn get_with_headers(url: &str, headers: &[(&str, &str)]) -> Result<(Self, Vec<u8>), ureq::Error> {
        let request = headers.iter().fold(agent().get(url), |request, (name, value)| request.header(*name, *value));
        let mut response = request.call()?;
        let body = response.body_mut().with_config().limit(LARGEST).read_to_vec()?;
        Ok((Self::with_body(&response, String::from_utf8_lossy(&body).into_owned()), body))
    }

    /// Sends a POST request.
    ///
    /// # Errors
    ///
    /// If there is no answer.
    pub fn post(url: &str, body: &str) -> Result<Self, ureq::Error> {
        agent().post(url).send(body).and_then(Self::read)
    }

    /// Sends a DELETE request.
    ///
    /// # Errors
    ///
    /// If there is no answer.
    pub fn delete(url: &str) -> Result<Self, ureq::Error> {
        agent().delete(url).call().and_then(Self::read)
    }

    /// Sends a POST request with a body in JSON.
    ///
    /// # Errors
    ///
    /// If there is no answer.
    pub fn post_json(url: &str, body: &str) -> Result<Self, ureq::Error> {
        Self::post_with_headers(url, &[("content-type", "application/json")], body)
    }

    /// Sends a POST request with header fields.
    ///
    /// # Errors
    ///
    /// If there is no answer.
    pub fn post_with_headers(url: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Result<Self, ureq::Error> {
        let request = headers.iter().fold(agent().post(url), |request, (name, value)| request.header(*name, *value));
        request.send(body.as_ref()).and_then(Self::read)
    }

    /// The value of a header field.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn read(mut response: ureq::http::Response<Body>) -> Result<Self, ureq::Error> {
        let body = response.body_mut().with_config().limit(LARGEST).read_to_string()?;
        Ok(Self::with_body(&response, body))
    }

    fn with_body(response: &ureq::http::Response<Body>, body: String) -> Self {
        let headers = response.headers().iter();
        let headers =
            headers.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        Self { status: response.status().as_u16(), headers: headers.collect(), body }
    }
}

fn agent() -> Agent {
    // Not through a proxy that the environment names: everything is on this machine.
    Agent::config_builder().timeout_global(Some(SAFETY_LIMIT)).http_status_as_error(false).proxy(None).build().into()
}
