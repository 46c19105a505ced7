//! All readers accept a page with every kind of metric and with labels that need escapes: Prometheus in both formats, its
//! linter, and the strict parser of the OpenMetrics format.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread;

use metrics_runtime::{Interned, Label, counted, counted_failure, declare_metrics, in_flight, timed};
use system_tests::{Prometheus, Response, promtool_check_metrics, strict_parse_openmetrics};

#[derive(Clone, Copy, Debug, Label)]
#[label(max_values = 16)]
struct Text(Interned);

/// Values of a label that would break the page if they were not escaped.
const HOSTILE: [&str; 6] =
    ["plain", "a \"quoted\" value", "back\\slash\\", "}, {le=\"1\"} 7", "# TYPE x counter", "grüße, 你好, 🙂"];

declare_metrics! {
    /// Counts "texts" with a \ in them, and
    /// more.
    counter TEXTS = "accepted_texts_total", labels(text: Text);
    /// A level.
    gauge LEVEL = "accepted_level", labels(text: Text);
    /// A wait.
    histogram WAIT = "accepted_wait_seconds", labels(text: Text), buckets(0.000_001, 0.5, 1, 1e9);
}

/// Works.
#[timed(histogram = "accepted_work_seconds", labels(text, outcome), buckets(1, 2.5))]
#[counted(counter = "accepted_work_total")]
#[counted_failure(counter = "accepted_work_failures_total")]
#[in_flight(gauge = "accepted_work_active")]
fn work(text: Text, fails: bool) -> Result<(), String> {
    let _ = text;
    if fails { Err("it fails".to_owned()) } else { Ok(()) }
}

/// Serves the page in the text format to Prometheus, which always asks for OpenMetrics.
fn relay(endpoint: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("it has an address");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let head = BufReader::new(&stream).lines();
            head.map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
            let Ok(page) = Response::get(&format!("http://{endpoint}/metrics")) else { return };
            let kind = page.header("content-type").unwrap_or_default();
            let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n{}", page.body);
        }
    });
    address
}

#[test]
fn all_readers_accept_the_page() {
    let handle = metrics_runtime::builder()
        .listen(([127, 0, 0, 1], 0))
        .global_label("service", "a \"b\" \\ c")
        .init()
        .expect("the settings are valid");
    for (count, text) in (1..).zip(HOSTILE) {
        let text = Text::new(text);
        TEXTS.with(text).increment(count);
        WAIT.with(text).observe(0.25);
        let _ = (work(text, false), work(text, true));
    }
    for (text, value) in HOSTILE.iter().zip([0.0, -1.5, 9_007_199_254_740_992.0, f64::INFINITY, f64::NEG_INFINITY]) {
        LEVEL.with(Text::new(text)).set(value);
    }
    TEXTS.with(Text::new("plain")).increment((1 << 53) - 1);
    // Metrics of another crate.
    metrics::describe_counter!("accepted_others_total", "Of another crate.");
    metrics::describe_gauge!("accepted_others_level", "Of another crate.");
    metrics::describe_histogram!("accepted_others_wait", "Of another crate.");
    metrics::counter!("accepted_others_total", "text" => HOSTILE[3]).increment(3);
    metrics::gauge!("accepted_others_level", "text" => "two\nlines").set(f64::NAN);
    metrics::histogram!("accepted_others_wait", "text" => HOSTILE[2]).record(1.0);

    let endpoint = handle.local_addr().expect("it listens");
    let url = format!("http://{endpoint}/metrics");
    let text = Response::get(&url).expect("it answers").body;
    assert_eq!(promtool_check_metrics(&text), Ok(()), "{text}");
    let accept = [("accept", "application/openmetrics-text;version=1.0.0")];
    let (openmetrics, _) = Response::get_with_headers(&url, &accept).expect("it answers");
    assert_eq!(strict_parse_openmetrics(&openmetrics.body), Ok(()), "{}", openmetrics.body);

    let plain = relay(endpoint);
    let prometheus = Prometheus::scraping(&[endpoint, plain]);
    for target in [endpoint, plain] {
        let of = |metric: &str| format!("{metric}{{instance=\"{target}\"}}");
        prometheus.wait_for(&format!("{} == 1", of("up")), |result| result.len() == 1);
        let counted = prometheus.wait_for(&of("accepted_texts_total"), |result| !result.is_empty());
        let mut seen: Vec<(String, String)> = counted
            .iter()
            .map(|series| {
                assert_eq!(series["metric"]["service"], "a \"b\" \\ c");
                let text = series["metric"]["text"].as_str().unwrap_or_default().to_owned();
                (text, series["value"][1].as_str().unwrap_or_default().to_owned())
            })
            .collect();
        seen.sort();
        let count = |at: usize| if at == 0 { (1_u64 << 53).to_string() } else { (at + 1).to_string() };
        let mut expected: Vec<(String, String)> =
            HOSTILE.iter().enumerate().map(|(at, text)| ((*text).to_owned(), count(at))).collect();
        expected.sort();
        assert_eq!(seen, expected, "at {target}");
        for (query, expected) in [
            ("count(accepted_wait_seconds_bucket{le=\"+Inf\"} == 1)".to_owned(), HOSTILE.len()),
            ("count(accepted_work_seconds_count{outcome=\"error\"} == 1)".to_owned(), HOSTILE.len()),
            ("count(accepted_level{} == +Inf)".to_owned(), 1),
            ("count(accepted_others_level{} != accepted_others_level{})".to_owned(), 1),
            ("count(accepted_others_wait_count{} == 1)".to_owned(), 1),
        ] {
            let query = query.replace('}', &format!(",instance=\"{target}\"}}")).replace("{,", "{").replace(",,", ",");
            let result = prometheus.wait_for(&query, |result| !result.is_empty());
            assert_eq!(result[0]["value"][1], expected.to_string(), "{query}");
        }
    }
}
