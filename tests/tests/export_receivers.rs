//! A receiver that is away, slow, refuses, or answers nonsense: the program goes on, and the numbers are right afterwards.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{io, thread};

use flate2::read::GzDecoder;
use metrics_runtime::{Handle, declare_metrics};
use system_tests::{Log, Page, wait_until};

declare_metrics! {
    /// Items that were imported.
    counter ITEMS = "receiver_items_total";
}

/// What the receiver does with a request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    Accept,
    /// It answers this, without reading the request's body if it does not have to.
    Answer(&'static str),
    /// It closes in the middle of the request.
    Close,
    /// It reads nothing and answers nothing.
    Silent,
}

/// A receiver whose behaviour changes.
#[derive(Clone)]
struct Receiver(Arc<State>);

struct State {
    mode: Mutex<Mode>,
    /// The last request: its head, and its body, decompressed.
    last: Mutex<(String, String)>,
    open: AtomicUsize,
    most_open: AtomicUsize,
}

impl Receiver {
    fn listen() -> (Self, SocketAddr) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let receiver = Self(Arc::new(State {
            mode: Mutex::new(Mode::Accept),
            last: Mutex::default(),
            open: AtomicUsize::new(0),
            most_open: AtomicUsize::new(0),
        }));
        let accepting = receiver.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let receiver = accepting.clone();
                thread::spawn(move || {
                    let open = receiver.0.open.fetch_add(1, Ordering::Relaxed) + 1;
                    receiver.0.most_open.fetch_max(open, Ordering::Relaxed);
                    let _ = receiver.serve(&stream);
                    receiver.0.open.fetch_sub(1, Ordering::Relaxed);
                });
            }
        });
        (receiver, address)
    }

    fn become_(&self, mode: Mode) {
        *self.0.mode.lock().unwrap_or_else(PoisonError::into_inner) = mode;
    }

    fn serve(&self, mut stream: &TcpStream) -> io::Result<()> {
        let mode = *self.0.mode.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reader = BufReader::new(stream);
        if mode == Mode::Silent {
            // Until the client gives up.
            while reader.read(&mut [0; 4096])? > 0 {}
            return Ok(());
        }
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? <= 2 {
                break;
            }
            if let Some(number) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = number.trim().parse().unwrap_or(0);
            }
            head.push_str(&line);
        }
        if mode == Mode::Close {
            reader.read_exact(&mut vec![0; length / 2])?;
            return Ok(());
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let mut text = String::new();
        GzDecoder::new(&body[..]).read_to_string(&mut text)?;
        let answer = match mode {
            Mode::Answer(answer) => answer,
            _ => {
                *self.0.last.lock().unwrap_or_else(PoisonError::into_inner) = (head, text);
                "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n"
            }
        };
        stream.write_all(answer.as_bytes())
    }

    fn last(&self) -> (String, Page) {
        let (head, page) = self.0.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (head, Page::from(page))
    }
}

fn failures(handle: &Handle, road: &str) -> f64 {
    let page = Page::from(handle.render());
    page.value("metrics_export_failures_total", &[("road", road)]).expect("the page has the road")
}

/// Waits until exports have failed again, twice: the first of them may have begun before the receiver changed.
fn wait_for_failures(handle: &Handle, what: &str) {
    let before = failures(handle, "push");
    wait_until(what, || (failures(handle, "push") >= before + 2.0).then_some(()));
}

#[test]
fn the_program_goes_on_and_the_numbers_are_right_afterwards() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).init();
    let (receiver, address) = Receiver::listen();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let missing = folder.path().join("missing");
    let handle = metrics_runtime::builder()
        .no_listener()
        .push_url(format!("http://user:secret%40@{address}"))
        .push_interval(Duration::from_millis(100))
        .push_job("receivers")
        .textfile(missing.join("x.prom"))
        .init()
        .expect("the settings are valid");
    let mut items = 0;
    let mut import = || {
        ITEMS.increment(1);
        items += 1;
        f64::from(items)
    };
    let arrives = |expected: f64| {
        wait_until("the value arrives", || {
            (receiver.last().1.value("receiver_items_total", &[]) == Some(expected)).then_some(())
        });
    };
    arrives(import());
    let (head, _) = receiver.last();
    assert!(head.starts_with("PUT /metrics/job/receivers HTTP/1.1\r\n"), "{head}");
    let head = head.to_ascii_lowercase();
    assert!(head.contains("content-type: text/plain; version=0.0.4\r\n"), "{head}");
    assert!(head.contains("authorization: basic dxnlcjpzzwnyzxra\r\n"), "{head}");

    let words = "HTTP/1.1 400 Bad Request\r\ncontent-length: 36\r\n\r\npushed metrics\nare inconsistent \x1b[1m";
    let modes = [
        (Mode::Answer(words), "the Pushgateway answers 400: pushed metrics\\nare inconsistent \\u{1b}[1m"),
        (Mode::Answer("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n"), "the Pushgateway answers 500"),
        (
            Mode::Answer("HTTP/1.1 302 Found\r\nlocation: http://elsewhere/\r\ncontent-length: 0\r\n\r\n"),
            "redirects are not followed",
        ),
        (Mode::Answer("nonsense\0\r\n\r\n\r\n"), "its answer is not HTTP"),
        (Mode::Close, "metrics could not be exported"),
        (Mode::Answer(""), "metrics could not be exported"),
    ];
    for (outage, (mode, message)) in (1..).zip(modes) {
        let before = log.count("road=\"push\"");
        receiver.become_(mode);
        wait_for_failures(&handle, message);
        // Each kind of failure is one line.
        assert!(log.count("road=\"push\"") - before <= 2, "{}", log.text());
        assert!(log.count(message) >= 1, "{message}: {}", log.text());
        let expected = import();
        receiver.become_(Mode::Accept);
        arrives(expected);
        wait_until("the log says so", || (log.count("metrics are exported again") == outage).then_some(()));
    }

    // A receiver that is silent takes one export at a time, and is waited for no longer than the limit.
    receiver.become_(Mode::Silent);
    let expected = import();
    wait_until("it is given up", || (log.count("no answer in time") == 1).then_some(()));
    assert!(!metrics_runtime::flush(), "it does not arrive");
    receiver.become_(Mode::Accept);
    arrives(expected);
    assert_eq!(receiver.0.most_open.load(Ordering::Relaxed), 1, "nothing is queued");

    // The folder of the file comes late.
    assert!(!metrics_runtime::flush(), "the folder does not exist");
    assert!(failures(&handle, "textfile") >= 2.0);
    assert_eq!(log.count("road=\"textfile\""), 1, "{}", log.text());
    std::fs::create_dir(&missing).expect("it can be made");
    assert!(metrics_runtime::flush(), "all has arrived: {}", log.text());
    let file = std::fs::read_to_string(missing.join("x.prom")).expect("it is written");
    assert_eq!(Page::from(file).value("receiver_items_total", &[]), Some(expected));

    // A receiver that asks for a pause gets one. What the program asks for is sent all the same.
    receiver.become_(Mode::Answer("HTTP/1.1 429 Later\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n"));
    let before = failures(&handle, "push");
    wait_until("it is refused", || (failures(&handle, "push") > before).then_some(()));
    receiver.become_(Mode::Accept);
    let expected = import();
    // Ten intervals. On a slow machine it may be fewer, and then this shows less.
    thread::sleep(Duration::from_secs(1));
    assert_eq!(receiver.last().1.value("receiver_items_total", &[]), Some(expected - 1.0), "it has not waited");
    assert!(metrics_runtime::flush(), "{}", log.text());
    assert_eq!(receiver.last().1.value("receiver_items_total", &[]), Some(expected));

    // Nothing is sent after a shutdown, whose own export is the last.
    let expected = import();
    handle.shutdown();
    assert_eq!(receiver.last().1.value("receiver_items_total", &[]), Some(expected));
    assert!(!metrics_runtime::flush(), "it has ended");
    assert_eq!(log.count("secret"), 0, "{}", log.text());
}
