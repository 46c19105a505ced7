//! Which names of this server a request may use. A page of another site can lead its own name to this machine, and then its
//! script reads from here: the browser takes this server for the site's own. Only the name in the request shows it.

use std::net::{IpAddr, SocketAddr};

use hyper::header::{ACCEPT_LANGUAGE, HOST, HeaderValue, USER_AGENT};
use hyper::http::uri::Authority;
use hyper::{HeaderMap, Request};

/// A name with a dot, such as `worker-1.example.com`, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostName(String);

impl HostName {
    /// `None` if the text is not such a name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_part = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        let is_name = text.contains('.') && text.split('.').all(is_part) && text.parse::<IpAddr>().is_err();
        is_name.then(|| Self(text.to_ascii_lowercase()))
    }
}

/// The names under which the server is reached.
#[derive(Debug)]
pub(super) struct OwnNames {
    /// Where it listens.
    own: IpAddr,
    /// Those that the settings give.
    names: Vec<HostName>,
}

impl OwnNames {
    pub(super) fn new(address: SocketAddr, names: Vec<HostName>) -> Self {
        Self { own: address.ip().to_canonical(), names }
    }

    pub(super) fn are_local(&self) -> bool {
        self.own.is_loopback()
    }

    /// Whether the request comes under one of them.
    pub(super) fn has<B>(&self, request: &Request<B>) -> bool {
        let mut hosts = request.headers().get_all(HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
        let host = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
        host.is_some_and(|host| self.is_own(&host)) && request.uri().authority().is_none_or(|host| self.is_own(host))
    }

    /// The port is not compared: a tunnel may have another one at its other end.
    fn is_own(&self, authority: &Authority) -> bool {
        let host = authority.host();
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let is_own = match address.parse::<IpAddr>() {
            // An address leads nowhere else. Where only this machine is listened to, it is one of this machine.
            Ok(address) => !self.are_local() || address.to_canonical().is_loopback(),
            // Nobody can register a name without a dot. But a local network can have any, and lead it to the loopback interface.
            Err(_) => {
                host.eq_ignore_ascii_case("localhost")
                    || self.names.iter().any(|name| host.eq_ignore_ascii_case(&name.0))
                    || !(self.are_local() || host.is_empty() || host.contains(['.', '[']))
            }
        };
        is_own && !authority.as_str().contains('@')
    }
}

/// Whether a browser sends the request. A browser says which languages it accepts, or at least its name begins as that of all
/// browsers. The script of a page cannot prevent both. Scrapers do neither.
pub(super) fn is_browser(headers: &HeaderMap) -> bool {
    let has_name = |name: &HeaderValue| name.as_bytes().starts_with(b"Mozilla/");
    headers.contains_key(ACCEPT_LANGUAGE) || headers.get_all(USER_AGENT).iter().any(has_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(own: &str, names: &[&str], uri: &str, hosts: &[&str]) -> bool {
        let names = names.iter().map(|name| HostName::parse(name).expect("it is a name")).collect();
        let own = OwnNames::new(own.parse().expect("it is an address"), names);
        let request = hosts.iter().fold(Request::get(uri), |request, host| request.header(HOST, *host));
        own.has(&request.body(()).expect("it is a request"))
    }

    #[test]
    fn addresses_of_the_machine_are_its_own() {
        for (own, host) in [
            ("127.0.0.1:8000", "127.0.0.1:8000"),
            ("127.0.0.1:8000", "127.0.0.1"),
            ("127.0.0.1:8000", "[::1]:9000"),
            ("127.0.0.7:8000", "127.0.0.7:8000"),
            ("127.0.0.1:8000", "LOCALHOST:9000"),
            ("[::1]:8000", "[::1]:8000"),
            ("[::ffff:127.0.0.1]:8000", "[::ffff:7f00:1]:8000"),
            ("[::1]:8000", "localhost"),
            ("0.0.0.0:8000", "10.0.0.7:8000"),
            ("[::]:8000", "[2001:db8::1]:8000"),
            ("10.0.0.7:8000", "localhost:8000"),
            ("0.0.0.0:8000", "worker-1:8000"),
        ] {
            assert!(has(own, &[], "/", &[host]), "{own} {host}");
        }
    }

    #[test]
    fn another_name_is_not_its_own() {
        for own in ["127.0.0.1:8000", "[::1]:8000", "0.0.0.0:8000", "10.0.0.7:8000"] {
            for host in [
                "evil.example",
                "evil.example:8000",
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "evil@127.0.0.1",
                "127.0.0.1:8000@evil.example",
                "",
                "[::1",
                "[evil]",
                "127.0.0.1/",
            ] {
                assert!(!has(own, &[], "/", &[host]), "{own} {host}");
            }
            assert!(!has(own, &[], "/", &[]), "no host");
            assert!(!has(own, &[], "/", &["localhost", "evil.example"]), "two hosts");
            assert!(!has(own, &[], "http://evil.example/", &["localhost"]), "a URI with another host");
        }
        for host in ["worker-1", "10.0.0.7", "0.0.0.0"] {
            assert!(!has("127.0.0.1:8000", &[], "/", &[host]), "{host}");
        }
    }

    #[test]
    fn a_name_of_the_settings_is_its_own() {
        for own in ["127.0.0.1:8000", "0.0.0.0:8000"] {
            assert!(has(own, &["Worker-1.example.com"], "/", &["worker-1.EXAMPLE.com:80"]));
            assert!(!has(own, &["worker-1.example.com"], "/", &["evil.worker-1.example.com"]));
        }
    }

    #[test]
    fn a_name_of_the_settings_has_a_dot() {
        assert!(HostName::parse("worker-1.example.com").is_some());
        for text in ["", "worker", "a..b", ".a", "a.b.", "a.b:80", "http://a.b", "10.0.0.7", "a.b c", "*.example.com"] {
            assert_eq!(HostName::parse(text), None, "{text}");
        }
    }
}
