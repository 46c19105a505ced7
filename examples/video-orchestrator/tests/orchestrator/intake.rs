//! What `POST /jobs` refuses, and its bounds.

use std::io::{Read, Write};
use std::net::TcpStream;

use system_tests::{Response, SAFETY_LIMIT, wait_until};

use crate::program::{Program, job};

/// More than are read at once.
const ENDLESS: usize = 60;

/// Without jobs of its own.
fn program() -> (Program, tempfile::TempDir, system_tests::RedisServer) {
    let redis = system_tests::RedisServer::start();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    (Program::start(&[], &[("REDIS_URL", &redis.url())]), folder, redis)
}

#[test]
fn a_page_in_a_browser_cannot_enqueue() {
    let (mut program, _folder, _redis) = program();
    let url = program.intake();
    let json = ("content-type", "application/json");
    for (headers, expected) in [
        (&[][..], 415),
        (&[("content-type", "text/plain")], 415),
        (&[json, ("origin", "https://evil.example")], 403),
        (&[json, ("host", "evil.example")], 403),
        (&[json], 202),
        (&[json, ("host", "localhost:9000")], 202),
    ] {
        let answer = Response::post_with_headers(&url, headers, job("posted", "portrait")).expect("it answers");
        assert_eq!(answer.status, expected, "{headers:?}: {}", answer.body);
        assert!(answer.body.starts_with('{'), "{}", answer.body);
    }
    assert_eq!(program.page().value("jobs_enqueued_total", &[]), Some(2.0));
}

/// Starts to post a body that does not end.
fn post_without_end(address: &str, bytes: usize) -> TcpStream {
    let mut connection = TcpStream::connect(address).expect("the program listens");
    connection.set_read_timeout(Some(SAFETY_LIMIT)).expect("the limit is not zero");
    let head = format!(
        "POST /jobs HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: 4000000\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).expect("the program reads");
    connection.write_all(&vec![b' '; bytes]).expect("the program reads");
    connection
}

#[test]
fn bodies_that_do_not_end_are_given_up_and_do_not_stop_the_others() {
    let (mut program, _folder, _redis) = program();
    let url = program.intake();
    let address = url.trim_start_matches("http://").trim_end_matches("/jobs").to_owned();
    let endless: Vec<TcpStream> = (0..ENDLESS).map(|_| post_without_end(&address, 1000)).collect();
    // On a busy machine the others end at the same moment as its own time.
    wait_until("the job to be taken", || {
        let answer = Response::post_json(&url, &job("between", "portrait")).expect("it answers");
        assert!([202, 503].contains(&answer.status), "{}", answer.body);
        (answer.status == 202).then_some(())
    });
    let mut statuses: Vec<String> = endless
        .into_iter()
        .map(|mut connection| {
            let mut status = [0; 12];
            connection.read_exact(&mut status).expect("the program answers");
            String::from_utf8_lossy(&status).into_owned()
        })
        .collect();
    statuses.sort();
    let (late, busy) = statuses.split_at(16);
    assert!(late.iter().all(|status| status == "HTTP/1.1 408"), "{statuses:?}");
    assert!(busy.iter().all(|status| status == "HTTP/1.1 503" || status == "HTTP/1.1 408"), "{statuses:?}");
}

#[test]
fn a_large_body_is_refused_with_the_reason() {
    let (mut program, _folder, _redis) = program();
    let url = program.intake();
    let large = |bytes| Response::post_json(&url, &" ".repeat(bytes)).expect("it answers");
    let answer = large((1 << 20) + 1);
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("the job has 1048577 bytes: write up to 1048576"), "{}", answer.body);
    assert!(large(1 << 20).body.contains("this is not a job: EOF"), "it is read");
}

/// More than there are places for.
const CROWD: usize = 300;

/// How many sockets a process has open.
fn sockets(process: u32) -> usize {
    let files = std::fs::read_dir(format!("/proc/{process}/fd")).expect("the process runs");
    let targets = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
    targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
}

#[test]
fn connections_without_a_request_give_way_and_end() {
    let (mut program, _folder, _redis) = program();
    let url = program.intake();
    let address = url.trim_start_matches("http://").trim_end_matches("/jobs").to_owned();
    let crowd: Vec<TcpStream> = (0..CROWD)
        .map(|number| {
            let mut connection = TcpStream::connect(&address).expect("the program listens");
            connection.set_read_timeout(Some(SAFETY_LIMIT)).expect("the limit is not zero");
            let sent = ["", "\r\n\r\n", "POST /jobs HTTP/1.1\r\nx: "][number % 3];
            // An error means that it has given way already.
            let _ = connection.write_all(sent.as_bytes());
            connection
        })
        .collect();
    let answer = Response::post_json(&url, &job("between", "portrait")).expect("it answers");
    assert_eq!(answer.status, 202, "{}", answer.body);
    let open = sockets(program.process.id());
    assert!(open < 64 + 36, "{open} sockets are open");
    for mut connection in crowd {
        // It is closed, or broken off, without an answer or with one to a head that is not complete.
        match connection.read_to_end(&mut Vec::new()) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}"),
        }
    }
    let answer = Response::post_json(&url, &job("after", "portrait")).expect("it answers");
    assert_eq!(answer.status, 202, "{}", answer.body);
}
