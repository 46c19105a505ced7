//! Who may post jobs: programs. A browser sends what a page of another site asks for, so it is refused.

use std::net::IpAddr;

use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri};

type Refusal = (StatusCode, &'static str);

/// Checks that a request comes from a program. `own` is the address where the server listens.
pub(super) fn check_caller(uri: &Uri, headers: &HeaderMap, own: IpAddr) -> Result<(), Refusal> {
    // A name of another site may lead to this machine. Only an address, or `localhost`, cannot.
    if own.is_loopback() && !has_own_host(uri, headers, own) {
        return Err((StatusCode::FORBIDDEN, "the `Host` is not an address of this server"));
    }
    if headers.contains_key(ORIGIN) {
        return Err((StatusCode::FORBIDDEN, "jobs are taken from programs, and not from pages: send no `Origin`"));
    }
    if !is_json(headers) {
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "send the job with `content-type: application/json`"));
    }
    Ok(())
}

fn has_own_host(uri: &Uri, headers: &HeaderMap, own: IpAddr) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let host = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
    host.is_some_and(|host| is_own(&host, own)) && uri.authority().is_none_or(|authority| is_own(authority, own))
}

/// The port is not compared: a tunnel may have another one at its other end.
fn is_own(authority: &Authority, own: IpAddr) -> bool {
    let host = authority.host();
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    !authority.as_str().contains('@')
        && (host.eq_ignore_ascii_case("localhost") || address.parse().is_ok_and(|address: IpAddr| address == own))
}

fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (Some(kind), None) = (types.next(), types.next()) else { return false };
    let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn check(own: &str, uri: &str, headers: &[(&'static str, &str)]) -> Result<(), u16> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_str(value).expect("it is a value"));
        }
        let own = own.parse().expect("it is an address");
        check_caller(&uri.parse().expect("it is a URI"), &map, own).map_err(|(status, _)| status.as_u16())
    }

    #[test]
    fn a_program_may_post_jobs() {
        for (own, host) in [
            ("127.0.0.1", "127.0.0.1:8001"),
            ("127.0.0.1", "127.0.0.1"),
            ("127.0.0.1", "LOCALHOST:9000"),
            ("::1", "[::1]:8001"),
            ("::1", "localhost"),
            ("0.0.0.0", "worker.internal:8001"),
            ("10.0.0.7", "anything"),
        ] {
            for kind in ["application/json", "Application/JSON; charset=utf-8"] {
                let headers = [("host", host), ("content-type", kind)];
                assert_eq!(check(own, "/jobs", &headers), Ok(()), "{own} {host} {kind}");
            }
        }
    }

    #[test]
    fn a_host_of_another_is_refused_on_loopback() {
        for host in [
            "evil.example",
            "evil.example:8001",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "evil@127.0.0.1",
            "0.0.0.0",
            "10.0.0.7",
            "",
            "[::1",
            "127.0.0.1/",
        ] {
            let headers = [("host", host), ("content-type", "application/json")];
            assert_eq!(check("127.0.0.1", "/jobs", &headers), Err(403), "{host}");
        }
        let json = ("content-type", "application/json");
        assert_eq!(check("127.0.0.1", "/jobs", &[json]), Err(403), "no host");
        let two = [("host", "localhost"), ("host", "evil.example"), json];
        assert_eq!(check("127.0.0.1", "/jobs", &two), Err(403), "two hosts");
        let own = [("host", "localhost"), json];
        assert_eq!(check("127.0.0.1", "http://evil.example/jobs", &own), Err(403), "a URI with another host");
    }

    #[test]
    fn what_a_page_can_send_is_refused() {
        let host = ("host", "127.0.0.1:8001");
        let json = ("content-type", "application/json");
        for origin in ["https://evil.example", "null", "", "http://127.0.0.1:8001"] {
            assert_eq!(check("127.0.0.1", "/jobs", &[host, json, ("origin", origin)]), Err(403), "{origin}");
            assert_eq!(check("0.0.0.0", "/jobs", &[host, json, ("origin", origin)]), Err(403), "{origin}");
        }
        // A page may send these types without a question to the server.
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "application/json2"]
        {
            assert_eq!(check("127.0.0.1", "/jobs", &[host, ("content-type", kind)]), Err(415), "{kind}");
        }
        assert_eq!(check("127.0.0.1", "/jobs", &[host]), Err(415), "no type");
        let two = [host, json, ("content-type", "text/plain")];
        assert_eq!(check("127.0.0.1", "/jobs", &two), Err(415), "two types");
    }
}
