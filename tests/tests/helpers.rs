//! What the other tests rely on: the servers, the parsers, and the reader of the page.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;

use system_tests::{Page, Process, Prometheus, RedisServer, promtool_check_metrics, strict_parse_openmetrics};

const GOOD: &str = "# HELP jobs_total Jobs.\n# TYPE jobs_total counter\njobs_total{kind=\"a \\\"b\\\"\"} 3\n";

#[test]
fn promtool_accepts_a_good_page_and_refuses_a_bad_one() {
    assert_eq!(promtool_check_metrics(GOOD), Ok(()));
    let no_help = "# TYPE jobs_total counter\njobs_total 3\n";
    assert!(promtool_check_metrics(no_help).is_err_and(|printed| printed.contains("no help text")));
    assert!(promtool_check_metrics("jobs total 3\n").is_err());
}

#[test]
fn the_strict_parser_accepts_a_good_page_and_refuses_a_bad_one() {
    let good = "# HELP jobs Jobs.\n# TYPE jobs counter\njobs_total 3\n# EOF\n";
    assert_eq!(strict_parse_openmetrics(good), Ok(()));
    let refusal = strict_parse_openmetrics(GOOD).expect_err("it is not in OpenMetrics");
    assert!(refusal.contains("ValueError"), "{refusal}");
    assert!(strict_parse_openmetrics("# TYPE jobs counter\njobs_total 3\n").is_err(), "`# EOF` is missing");
}

#[test]
fn prometheus_scrapes_and_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("a listener has an address");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let length = GOOD.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {length}\r\n\
                 Connection: close\r\n\r\n{GOOD}"
            );
        }
    });
    let prometheus = Prometheus::scraping(&[address]);
    let result = prometheus.wait_for("jobs_total", |result| !result.is_empty());
    assert_eq!(result[0]["metric"]["kind"], "a \"b\"");
    assert_eq!(result[0]["value"][1], "3");
}

#[test]
fn redis_answers_and_can_be_restarted() {
    let mut redis = RedisServer::start();
    redis.command::<i64>(&["RPUSH", "list", "one"]);
    assert_eq!(redis.command::<i64>(&["LLEN", "list"]), 1);
    redis.restart();
    assert_eq!(redis.command::<i64>(&["LLEN", "list"]), 0);
}

#[test]
fn the_last_lines_of_a_program_are_there_when_it_has_ended() {
    let mut process = Process::start(Command::new("sh").args(["-c", "echo first; echo last >&2"]));
    assert_eq!(process.wait_for_line("last"), "last");
    assert!(process.wait().success());
    let printed = process.printed();
    assert!(printed.contains("first") && printed.contains("last"), "{printed}");
}

#[test]
fn a_page_is_parsed() {
    let page = Page::from(format!(
        "{GOOD}# TYPE wait_seconds histogram\nwait_seconds_bucket{{q=\"x\",le=\"0.5\"}} 1\n\
         wait_seconds_bucket{{q=\"x\",le=\"+Inf\"}} 2\nwait_seconds_sum{{q=\"x\"}} NaN\n"
    ));
    assert_eq!(page.help("jobs_total"), Some("Jobs."));
    assert_eq!(page.kind("wait_seconds"), Some("histogram"));
    assert_eq!(page.value("jobs_total", &[("kind", "a \"b\"")]), Some(3.0));
    assert_eq!(page.value("jobs_total", &[]), None);
    assert_eq!(page.value("jobs", &[]), None);
    assert_eq!(page.bounds("wait_seconds", &[("q", "x")]), ["0.5", "+Inf"]);
    assert!(page.value("wait_seconds_sum", &[("q", "x")]).is_some_and(f64::is_nan));
}
