//! Who may open the page, and where there is one.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use system_tests::Response;

use super::program::{Other, serve};

/// The status of an answer to a request with these lines after its first one, and its text.
fn ask(address: SocketAddr, first: &str, lines: &[&str]) -> (u16, String) {
    let mut stream = TcpStream::connect(address).expect("the endpoint listens");
    let request = [&[first], lines, &["connection: close", "", ""]].concat().join("\r\n");
    stream.write_all(request.as_bytes()).expect("it can be sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the answer is text");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_else(|| panic!("not an answer: {answer}")), answer)
}

#[test]
fn a_foreign_host_is_refused_and_the_answer_says_what_to_do() {
    let address = serve();
    for path in ["/", "/catalog.json"] {
        let first = format!("GET {path} HTTP/1.1");
        for host in
            ["evil.example", "evil.example:8000", "localhost.evil.example", "10.0.0.7", "worker-1", "evil@localhost"]
        {
            let (status, answer) = ask(address, &first, &[&format!("host: {host}")]);
            assert_eq!(status, 421, "{path} {host}");
            assert!(answer.contains(&format!("open http://{address}/")), "{answer}");
            assert!(answer.contains("METRICS_LIVE_PAGE=worker-1.example.com"), "{answer}");
            assert!(!answer.contains("evil"), "{answer}");
        }
        for host in ["localhost", "localhost:9", "127.0.0.1", "127.0.0.2:9", "[::1]:9"] {
            assert_eq!(ask(address, &first, &[&format!("host: {host}")]).0, 200, "{path} {host}");
        }
        let two = ["host: localhost", "host: evil.example"];
        assert_ne!(ask(address, &first, &two).0, 200, "two hosts");
        assert_eq!(ask(address, &format!("GET http://evil.example{path} HTTP/1.1"), &["host: localhost"]).0, 421);
        assert_eq!(ask(address, &format!("GET {path} HTTP/1.0"), &[]).0, 421, "no host");
        assert_eq!(ask(address, &format!("HEAD {path} HTTP/1.1"), &["host: evil.example"]).0, 421);
    }
}

#[test]
fn a_scrape_may_use_any_name_but_a_browser_may_not() {
    let address = serve();
    let first = "GET /metrics HTTP/1.1";
    for host in ["worker.internal", "evil.example:9090", "localhost"] {
        assert_eq!(ask(address, first, &[&format!("host: {host}"), "accept: */*"]).0, 200, "{host}");
    }
    for sign in ["accept-language: en", "accept-language:", "user-agent: Mozilla/5.0 (X11)"] {
        let (status, answer) = ask(address, first, &["host: evil.example", sign]);
        assert_eq!(status, 421, "{answer}");
        assert!(!answer.contains("live_stir"), "{answer}");
    }
    assert_eq!(ask(address, first, &["host: localhost:9", "accept-language: en"]).0, 200);
    assert_eq!(ask(address, "GET /healthz HTTP/1.1", &["host: evil.example", "accept-language: en"]).0, 200);
}

#[test]
fn where_others_can_open_it_it_is_there_only_by_a_setting() {
    let other = Other::start(0, &[("METRICS_LISTEN", "0.0.0.0:0")]);
    for path in ["/", "/catalog.json"] {
        let answer = other.get(path, "127.0.0.1");
        assert_eq!(answer.status, 404);
        for expected in ["the live page is off", "METRICS_LIVE_PAGE=true", "/metrics"] {
            assert!(answer.body.contains(expected), "{}", answer.body);
        }
    }
    // A browser too: anybody can read it here without one.
    let url = format!("http://127.0.0.1:{}/metrics", other.address.port());
    let browser = [("host", "worker.example.com"), ("accept-language", "en")];
    assert_eq!(Response::get_with_headers(&url, &browser).expect("it answers").0.status, 200);
}

#[test]
fn elsewhere_it_is_opened_by_addresses_short_names_and_those_of_the_setting() {
    let on = Other::start(0, &[("METRICS_LISTEN", "0.0.0.0:0"), ("METRICS_LIVE_PAGE", "true")]);
    for host in ["127.0.0.1:1", "10.0.0.7:8000", "worker-1:8000", "localhost"] {
        assert_eq!(on.get("/", host).status, 200, "{host}");
    }
    for host in ["evil.example", "worker-1.example.com"] {
        let answer = on.get("/", host);
        assert_eq!(answer.status, 421, "{host}");
        assert!(answer.body.contains("by an address of its machine"), "{}", answer.body);
    }
    let names = "worker-1.example.com, worker-1.internal";
    let by_name = Other::start(0, &[("METRICS_LISTEN", "0.0.0.0:0"), ("METRICS_LIVE_PAGE", names)]);
    for (host, status) in [("worker-1.example.com:80", 200), ("worker-1.internal", 200), ("evil.example", 421)] {
        assert_eq!(by_name.get("/catalog.json", host).status, status, "{host}");
    }
    let local = Other::start(0, &[("METRICS_LISTEN", "127.0.0.1:0"), ("METRICS_LIVE_PAGE", names)]);
    for (host, status) in [("worker-1.internal", 200), ("worker-1", 421)] {
        assert_eq!(local.get("/", host).status, status, "{host}");
    }
}

#[test]
fn it_can_be_switched_off() {
    let off = Other::start(0, &[("METRICS_LISTEN", "127.0.0.1:0"), ("METRICS_LIVE_PAGE", "false")]);
    assert_eq!(off.get("/", "localhost").status, 404);
    assert_eq!(off.get("/catalog.json", "localhost").status, 404);
    assert_eq!(off.get("/metrics", "localhost").status, 200);
}
