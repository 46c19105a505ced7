//! What `/metrics` and the other paths answer, over real HTTP.

#![allow(clippy::float_cmp, reason = "counts are whole numbers")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use metrics_runtime::{Handle, Label, counted, declare_metrics, timed};
use system_tests::{Page, Response, SAFETY_LIMIT, promtool_check_metrics, strict_parse_openmetrics};

#[derive(Clone, Copy, Debug, Label)]
enum Colour {
    Red,
    #[label(rename = "dark \"blue\"\\n")]
    DarkBlue,
}

declare_metrics! {
    /// Lines with a \ and
    /// a break.
    gauge LOAD = "endpoint_load", labels(colour: Colour);
    /// How long a job waited.
    histogram WAIT = "endpoint_wait_seconds", buckets(0.5, 2);
    /// This is never counted.
    counter NEVER = "endpoint_never_total";
}

/// Paints something.
#[timed(histogram = "endpoint_paint_seconds", labels(colour), buckets(1, 10))]
#[counted(counter = "endpoint_painted_total")]
fn paint(colour: Colour) {
    let _ = colour;
}

/// A program has one recorder, so these tests share theirs.
fn metrics() -> &'static Handle {
    static HANDLE: OnceLock<Handle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        metrics_runtime::builder()
            .listen(([127, 0, 0, 1], 0))
            .global_label("service", "paint shop")
            .buckets("endpoint_wait_seconds", [0.25, 1.0])
            .init()
            .expect("the settings are valid")
    })
}

fn address() -> SocketAddr {
    metrics().local_addr().expect("it listens")
}

fn get(path: &str) -> Response {
    Response::get(&format!("http://{}{path}", address())).expect("the endpoint answers")
}

fn connect() -> TcpStream {
    let stream = TcpStream::connect(address()).expect("the endpoint listens");
    stream.set_read_timeout(Some(SAFETY_LIMIT)).expect("a socket can have a timeout");
    stream
}

/// The answer to these bytes.
fn raw(request: &str) -> String {
    let mut stream = connect();
    stream.write_all(request.as_bytes()).expect("the request can be sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the answer is text");
    answer
}

#[test]
fn metrics_are_in_the_prometheus_text_format() {
    let response = get("/metrics");
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert_eq!(promtool_check_metrics(&response.body), Ok(()));
    assert_eq!(get("/metrics?name[]=x").status, 200);
}

const PROMETHEUS_ACCEPT: &str = "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;\
                                 version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

const PROMETHEUS_3_ACCEPT: &str = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
                                   application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;\
                                   escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

#[test]
fn a_client_that_asks_for_openmetrics_gets_it() {
    metrics();
    // Nothing is painted here, because another test counts that.
    LOAD.with(Colour::Red).set(f64::INFINITY);
    WAIT.observe(1e6);
    // Described, because another test has the whole page checked by the linter.
    metrics::describe_counter!("others_total", "Of \"another\" crate.\n");
    metrics::describe_gauge!("others_load", "Of another crate.");
    metrics::describe_histogram!("others_wait", "Of another crate.");
    metrics::counter!("others_total", "text" => "a \"b\" \\ \n").increment(1 << 53);
    metrics::gauge!("others_load").set(f64::NEG_INFINITY);
    metrics::histogram!("others_wait").record(1.0);
    let url = format!("http://{}/metrics", address());
    let (response, _) = Response::get_with_headers(&url, &[("accept", PROMETHEUS_ACCEPT)]).expect("it answers");
    assert_eq!(response.header("content-type"), Some("application/openmetrics-text; version=1.0.0; charset=utf-8"));
    let page = &response.body;
    assert!(page.contains("# TYPE endpoint_painted counter\nendpoint_painted_total{"), "{page}");
    assert!(page.contains("# UNIT endpoint_wait_seconds seconds\n"), "{page}");
    assert!(page.contains("endpoint_wait_seconds_bucket{service=\"paint shop\",le=\"1.0\"} "), "{page}");
    assert!(page.ends_with("\n# EOF\n"));
    assert_eq!(strict_parse_openmetrics(page), Ok(()), "{page}");
}

#[test]
fn a_client_that_accepts_gzip_gets_it() {
    let url = format!("http://{}/metrics", address());
    let (response, body) =
        Response::get_with_headers(&url, &[("accept-encoding", "gzip, deflate")]).expect("it answers");
    assert_eq!(response.header("content-encoding"), Some("gzip"));
    assert_eq!(response.header("vary"), Some("accept, accept-encoding"));
    let mut page = String::new();
    GzDecoder::new(&body[..]).read_to_string(&mut page).expect("it is gzip");
    assert!(page.contains("# TYPE endpoint_painted_total counter\n"));
    assert!(body.len() * 3 < page.len(), "{} of {}", body.len(), page.len());
    let (plain, _) = Response::get_with_headers(&url, &[("accept-encoding", "identity")]).expect("it answers");
    assert_eq!(plain.header("content-encoding"), None);
}

#[test]
fn a_client_gets_the_format_that_it_prefers() {
    let url = format!("http://{}/metrics", address());
    let kind = |accept: &str| {
        let (response, _) = Response::get_with_headers(&url, &[("accept", accept)]).expect("it answers");
        response.header("content-type").unwrap_or_default().split(';').next().map(str::to_owned)
    };
    for (accept, expected) in [
        (PROMETHEUS_ACCEPT, "application/openmetrics-text"),
        (PROMETHEUS_3_ACCEPT, "application/openmetrics-text"),
        ("application/openmetrics-text;q=0.1, */*;q=1", "text/plain"),
        ("application/openmetrics-text;q=0.1, text/plain;q=1", "text/plain"),
    ] {
        assert_eq!(kind(accept).as_deref(), Some(expected), "{accept}");
    }
    let (plain, _) =
        Response::get_with_headers(&url, &[("accept-encoding", "identity, gzip;q=0.1")]).expect("it answers");
    assert_eq!(plain.header("content-encoding"), None);
}

#[test]
fn held_connections_do_not_keep_a_scrape_waiting() {
    // Some send nothing, some half a request; the endpoint serves a limited number of connections.
    let held: Vec<TcpStream> = (0..100)
        .map(|at| {
            let mut stream = connect();
            if at % 2 == 0 {
                stream.write_all(b"GET /metrics HTTP/1.1\r\nHost:").expect("it can be sent");
            }
            stream
        })
        .collect();
    assert_eq!(get("/metrics").status, 200);
    drop(held);
}

#[test]
fn every_metric_is_on_the_page_before_it_is_recorded() {
    let page = Page::from(get("/metrics").body);
    let service = ("service", "paint shop");
    assert_eq!(page.value("endpoint_never_total", &[service]), Some(0.0));
    assert_eq!(page.help("endpoint_never_total"), Some("This is never counted."));
    assert!(page.value("endpoint_paint_seconds_count", &[service, ("colour", "red")]).is_some());
    assert_eq!(page.help("endpoint_paint_seconds"), Some("Paints something."));
    assert_eq!(page.help("endpoint_load"), Some("Lines with a \\\\ and a break."));
    assert_eq!(page.series("endpoint_load").len(), 2);
}

#[test]
fn recorded_values_are_on_the_page() {
    metrics();
    paint(Colour::Red);
    paint(Colour::DarkBlue);
    LOAD.with(Colour::DarkBlue).set(2.5);
    WAIT.observe(0.3);
    metrics::describe_counter!("other_crates_total", "Of another crate.");
    metrics::counter!("other_crates_total", "kind" => "theirs").increment(4);
    let page = Page::from(get("/metrics").body);
    let service = ("service", "paint shop");
    assert_eq!(page.value("endpoint_painted_total", &[service]), Some(2.0));
    let blue = ("colour", "dark \"blue\"\\n");
    assert_eq!(page.value("endpoint_paint_seconds_count", &[service, blue]), Some(1.0));
    assert_eq!(page.value("endpoint_load", &[service, blue]), Some(2.5));
    assert_eq!(page.bounds("endpoint_wait_seconds", &[service]), ["0.25", "1", "+Inf"]);
    assert_eq!(page.value("endpoint_wait_seconds_bucket", &[service, ("le", "1")]), Some(1.0));
    assert_eq!(page.value("other_crates_total", &[service, ("kind", "theirs")]), Some(4.0));
    assert_eq!(Page::from(metrics().render()).value("endpoint_painted_total", &[service]), Some(2.0));
}

#[test]
fn the_router_answers_on_the_applications_port() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_io().build().expect("a runtime");
    let application = axum::Router::new()
        .route("/", axum::routing::get(|| async { "the application" }))
        // Without a fleet this path is the application's.
        .route("/sd", axum::routing::get(|| async { "its own" }))
        .merge(metrics().router());
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("there is a free port");
    let address = listener.local_addr().expect("a listener has an address");
    runtime.spawn(async move { axum::serve(listener, application).await });
    let get = |path: &str| Response::get(&format!("http://{address}{path}")).expect("the application answers");
    assert_eq!(get("/").body, "the application");
    assert_eq!(get("/healthz").body, "ok\n");
    assert_eq!(get("/sd").body, "its own");
    let page = get("/metrics");
    assert_eq!(page.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert!(page.body.contains("endpoint_never_total"));
    let post = Response::post(&format!("http://{address}/metrics"), "x").expect("the application answers");
    assert_eq!(post.status, 405);
}

#[test]
fn healthz_says_ok() {
    let response = get("/healthz");
    assert_eq!((response.status, response.body.as_str()), (200, "ok\n"));
}

#[test]
fn other_paths_are_not_found_and_the_answer_says_where_to_look() {
    let response = get("/nothing");
    assert_eq!(response.status, 404);
    assert!(response.body.contains("the metrics are at /metrics"), "{}", response.body);
    assert_eq!(get("/metrics/").status, 404);
}

#[test]
fn without_a_fleet_there_is_no_list_of_workers() {
    let response = get("/sd");
    assert_eq!(response.status, 404);
    assert!(response.body.contains("this program has joined no fleet"), "{}", response.body);
}

#[test]
fn other_methods_are_not_allowed() {
    let response = Response::post(&format!("http://{}/metrics", address()), "x").expect("the endpoint answers");
    assert_eq!(response.status, 405);
    assert_eq!(response.header("allow"), Some("GET, HEAD"));
    let head = raw("HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.ends_with("\r\n\r\n"), "{head}");
}

#[test]
fn an_invalid_request_is_refused_and_does_no_harm() {
    assert!(raw("nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
    assert_eq!(get("/healthz").status, 200);
}

#[test]
fn a_request_that_is_too_large_is_refused() {
    let head = format!("GET /metrics HTTP/1.1\r\nHost: x\r\nCookie: {}\r\n\r\n", "x".repeat(100_000));
    let mut stream = connect();
    // The endpoint may close the connection before it has read everything.
    let _ = stream.write_all(head.as_bytes());
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    assert_eq!(get("/healthz").status, 200);
}

#[test]
fn a_client_that_never_reads_is_disconnected() {
    let mut stream = connect();
    // Sends requests and never reads, until the connection's buffers are full on both sides and the endpoint waits.
    let request = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1_000);
    let deadline = Instant::now() + SAFETY_LIMIT;
    stream.set_write_timeout(Some(Duration::from_secs(1))).expect("a socket can have a timeout");
    let error = loop {
        match stream.write(request.as_bytes()) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => break error,
        }
        assert!(Instant::now() < deadline, "it is still connected");
    };
    assert!(matches!(error.kind(), std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe), "{error}");
    assert_eq!(get("/healthz").status, 200);
}

#[test]
fn many_scrapes_at_once_are_all_answered() {
    let url = format!("http://{}/metrics", address());
    std::thread::scope(|scope| {
        let scrapes: Vec<_> = (0..32).map(|_| scope.spawn(|| Response::get(&url).map(|page| page.status))).collect();
        for scrape in scrapes {
            assert_eq!(scrape.join().expect("it does not panic").expect("it is answered"), 200);
        }
    });
}

#[test]
fn the_scrape_does_not_need_the_programs_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime can be made");
    runtime.block_on(async {
        // This blocks the only thread of the runtime until the page has arrived.
        assert_eq!(get("/metrics").status, 200);
    });
}
