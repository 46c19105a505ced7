//! The annotated program and its twin get the same requests, and must show the same numbers.

mod service;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::TcpStream;

use service::{PROGRAMS, Service};
use system_tests::{Page, Response, wait_until};

/// A lock is waited for so long that no request gives up before its client has gone.
const PATIENT: &str = "600000";

#[test]
fn both_have_the_same_series_from_the_start() {
    let [annotated, plain] = PROGRAMS.map(|program| Service::start(program, &[]).page().own_series());
    let names = |page: &BTreeMap<String, f64>| page.keys().cloned().collect::<Vec<_>>().join("\n");
    assert_eq!(names(&annotated), names(&plain));
    // Nothing has been called: only the program and the pool have something to show.
    let build_info = format!("build_info{{sqlite={:?},version={:?}}}", rusqlite::version(), env!("CARGO_PKG_VERSION"));
    for page in [annotated, plain] {
        let values: Vec<(String, f64)> = page.into_iter().filter(|(_, value)| *value != 0.0).collect();
        assert_eq!(values, [(build_info.clone(), 1.0), ("pool_idle_connections".to_owned(), 4.0)]);
    }
}

#[test]
fn both_say_what_each_metric_is() {
    let [annotated, plain] = PROGRAMS.map(|program| Service::start(program, &[]).page());
    for (metric, kind) in annotated.own_metrics() {
        assert_eq!(plain.kind(metric), Some(kind), "{metric}");
        assert_eq!(plain.help(metric), annotated.help(metric), "{metric}");
    }
}

/// The values that are the same at each run, without the sizes, which the client knows, and the versions.
fn counts(page: &Page) -> String {
    let others = ["http_request_size_bytes", "http_response_size_bytes", "build_info"];
    let lines = page.exact_values();
    lines.split_inclusive('\n').filter(|line| !others.iter().any(|other| line.starts_with(other))).collect()
}

/// How many requests of one method and route there were, and how many bytes they and their responses had.
#[derive(Default)]
struct Sizes {
    count: f64,
    requests: f64,
    responses: f64,
}

fn bytes(text: &str) -> f64 {
    f64::from(u32::try_from(text.len()).expect("it is small"))
}

#[test]
fn requests_are_counted_by_method_route_and_status() {
    for program in PROGRAMS {
        let service = Service::start(program, &[]);
        let mut sizes: BTreeMap<(String, &str), Sizes> = BTreeMap::new();
        let mut send = |method: &str, route: &'static str, path: &str, body: &str| {
            let (status, answer) = service.send(method, path, body);
            let sizes = sizes.entry((method.to_owned(), route)).or_default();
            sizes.count += 1.0;
            sizes.requests += bytes(body);
            sizes.responses += bytes(&answer);
            (status, answer)
        };
        let one = r#"{"id":1,"text":"one"}"#;
        assert_eq!(send("POST", "/notes", "/notes", r#"{"text":"one"}"#), (201, one.to_owned()));
        let batch = r#"[{"text":"two"},{"text":"three"},{"text":"four"}]"#;
        assert_eq!(send("POST", "/notes/batch", "/notes/batch", batch).0, 201);
        assert_eq!(send("POST", "/notes/batch", "/notes/batch", r#"[{"text":"five"}]"#).0, 201);
        assert_eq!(send("GET", "/notes/{id}", "/notes/2", ""), (200, r#"{"id":2,"text":"two"}"#.to_owned()));
        assert_eq!(send("DELETE", "/notes/{id}", "/notes/2", "").0, 204);
        // Answers that are right, and no failures.
        assert_eq!(send("GET", "/notes/{id}", "/notes/2", "").0, 404);
        assert_eq!(send("DELETE", "/notes/{id}", "/notes/2", "").0, 404);
        assert_eq!(send("GET", "/notes/{id}", "/notes/two", "").0, 400);
        assert_eq!(send("POST", "/notes", "/notes", "one").0, 400);
        assert_eq!(send("DELETE", "/notes", "/notes", "").0, 405);
        assert_eq!(send("GET", "unknown", "/nothing", "").0, 404);
        assert_eq!(send("GET", "/notes", "/notes", "").1.matches("id").count(), 4);
        // The size of an export is not known before it has ended, so it is not observed.
        let rows = [one, r#"{"id":3,"text":"three"}"#, r#"{"id":4,"text":"four"}"#, r#"{"id":5,"text":"five"}"#];
        assert_eq!(service.send("GET", "/export", ""), (200, rows.join("\n") + "\n"));
        let page = service.settled_page();
        assert_eq!(counts(&page), include_str!("requests.txt"), "{program}");
        for ((method, route), Sizes { count, requests, responses }) in sizes {
            for (of, sum) in [("request", requests), ("response", responses)] {
                let value = |series: &str| {
                    page.value(&format!("http_{of}_size_bytes_{series}"), &[("method", &method), ("route", route)])
                };
                assert_eq!(
                    (value("count"), value("sum")),
                    (Some(count), Some(sum)),
                    "{program}: {of} {method} {route}"
                );
            }
        }
        assert_eq!(page.value("http_response_size_bytes_count", &[("method", "GET"), ("route", "/export")]), Some(0.0));
    }
}

#[test]
fn notes_of_before_are_counted() {
    for program in PROGRAMS {
        let before = Service::start(program, &[]);
        assert_eq!(before.send("POST", "/notes/batch", r#"[{"text":"one"},{"text":"two"}]"#).0, 201);
        let database = before.database_file();
        let service = Service::start(program, &[("DATABASE", database.to_str().expect("its name is a text"))]);
        assert_eq!(service.page().value("notes", &[]), Some(2.0), "{program}");
        assert_eq!(service.send("DELETE", "/notes/1", "").0, 204);
        assert_eq!(service.page().value("notes", &[]), Some(1.0), "{program}");
    }
}

#[test]
fn a_database_that_is_locked_or_broken_is_a_failure() {
    for program in PROGRAMS {
        let service = Service::start(program, &[("BUSY_TIMEOUT_MS", "10")]);
        let database = service.database();
        database.execute_batch("begin exclusive").expect("nobody else uses it");
        assert_eq!(service.send("POST", "/notes", r#"{"text":"one"}"#).0, 503);
        assert_eq!(service.send("GET", "/notes", "").0, 503);
        // The head of the answer is sent before the first row is asked for, so only the export itself shows this.
        assert!(Response::get(&service.url("/export")).is_err());
        database.execute_batch("drop table notes; commit").expect("it is locked by this connection");
        assert_eq!(service.send("DELETE", "/notes/1", "").0, 500);
        assert_eq!(counts(&service.settled_page()), include_str!("failures.txt"), "{program}");
    }
}

#[test]
fn a_client_that_goes_away_cancels_its_request() {
    for program in PROGRAMS {
        let service = Service::start(program, &[("BUSY_TIMEOUT_MS", PATIENT), ("CONNECTIONS", "2")]);
        let database = service.database();
        database.execute_batch("begin exclusive").expect("nobody else uses it");
        let ask = |path: &str| {
            let mut client = TcpStream::connect(&service.address).expect("it listens");
            write!(client, "GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").expect("it reads");
            client
        };
        let clients = ["/notes/1", "/export"].map(ask);
        let series = [("method", "GET"), ("route", "/export"), ("status", "200")];
        wait_until("both wait for the lock", || {
            let page = service.page();
            let waits = page.value("pool_idle_connections", &[]) == Some(0.0);
            (waits && page.value("http_request_seconds_count", &series) == Some(1.0)).then_some(())
        });
        let in_flight = |route| service.page().value("http_requests_in_flight", &[("method", "GET"), ("route", route)]);
        assert_eq!(in_flight("/notes/{id}"), Some(1.0));
        // All connections are in use, so this one waits for one of them.
        let third = ask("/notes");
        wait_until("the third", || (in_flight("/notes") == Some(1.0)).then_some(()));
        drop((clients, third));
        wait_until("the end of all", || {
            let page = service.page();
            let exports = page.value("export_seconds_count", &[("outcome", "cancelled")]);
            let others = ["find", "list"]
                .map(|method| page.value("store_failures_total", &[("method", method), ("reason", "cancelled")]));
            (exports == Some(1.0) && others == [Some(1.0); 2]).then_some(())
        });
        assert_eq!(service.page().value("query_seconds_count", &[]), Some(0.0), "{program}");
        database.execute_batch("commit").expect("it is locked by this connection");
        assert_eq!(counts(&service.settled_page()), include_str!("cancelled.txt"), "{program}");
    }
}
