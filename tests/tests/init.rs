//! `init`: what it refuses, that a refusal changes nothing, and the shutdown.

use std::net::{TcpListener, TcpStream};

use metrics_runtime::{InitError, Label, builder, counted, declare_metrics, timed};

#[timed(histogram = "init_work_seconds", description = "Time spent on work.")]
#[counted(counter = "init_work_total", description = "Work.")]
fn work() {}

#[derive(Clone, Copy, Label)]
enum OwnQueue {
    Mine,
    Yours,
}

declare_metrics! {
    /// The parts for Redis declare it, too, with another label.
    gauge DEPTH = "queue_depth", labels(queue: OwnQueue);
}

fn refusal(builder: metrics_runtime::Builder) -> String {
    builder.init().expect_err("it cannot be used").to_string()
}

// One test: a program can be initialised once.
#[test]
fn init_refuses_wrong_settings_and_succeeds_once() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = taken.local_addr().expect("a listener has an address");
    let message = refusal(builder().listen(address));
    assert!(message.starts_with(&format!("cannot serve metrics at {address}: Address already in use")), "{message}");
    assert!(message.contains("set `METRICS_LISTEN` to another address, to port 0 for a free port"), "{message}");

    for (text, problem) in [
        ("9101", "`9101`, which is a port, and has no IP address"),
        (":9101", "`:9101`, which is a port, and has no IP address"),
        ("127.0.0.1", "`127.0.0.1`, which has no port"),
        ("::1", "`::1`, which has no port"),
        // It could be the password of another address.
        ("127.0.0.1:http", "`…`, which has no port from 0 to 65535"),
        ("127.0.0.1:91010", "`127.0.0.1:91010`, which has no port from 0 to 65535"),
        ("worker-1:9101", "`worker-1:9101`, which has a name instead of an IP address"),
        ("http://127.0.0.1:9101", "`http://127.0.0.1:9101`, which is a URL or a path, and not an address"),
        ("", "``, which is empty"),
        ("127.0.0.256:9101", "`127.0.0.256:9101`, which is not an address"),
    ] {
        let message = refusal(builder().listen(text));
        assert!(message.starts_with(&format!("`listen` of the builder is {problem}; it takes ")), "{message}");
        assert!(message.contains("such as `127.0.0.1:8000`"), "{message}");
    }
    let text = address.to_string();
    assert!(refusal(builder().listen(&text)).starts_with("cannot serve metrics at"));
    assert!(refusal(builder().listen(text)).starts_with("cannot serve metrics at"));

    let free = || builder().listen("localhost:0");
    for (bounds, expected) in [
        (vec![], "give at least one bound"),
        (vec![1.0, 1.0], "each bound must be greater than the one before it"),
        (vec![0.0], "each finite and greater than zero"),
        (vec![f64::INFINITY], "each finite and greater than zero"),
        ((1..=12).map(f64::from).collect(), "there are more than the program declares"),
    ] {
        let message = refusal(free().buckets("init_work_seconds", bounds));
        assert!(message.contains("the metric `init_work_seconds`") && message.contains(expected), "{message}");
    }
    assert!(refusal(free().buckets("init_work_total", [1.0])).contains("it is not a histogram"));
    // Another crate's histogram is not known yet.
    assert!(
        refusal(free().buckets("others.seconds", [])).contains("the metric `others_seconds` cannot be used: give at")
    );
    assert!(refusal(free().buckets("others.seconds", [f64::NAN])).contains("at least one bound, each finite"));
    assert!(refusal(free().buckets("others.seconds", [2.0, 1.0])).contains("must be greater than the one before it"));
    assert!(refusal(free().buckets("others.seconds", vec![1.0; 1001])).contains("give at most 1000 bounds"));
    assert!(refusal(free().buckets("", [1.0])).contains("give the name of a metric"));
    assert!(refusal(free().global_label("le", "x")).contains("`METRICS_GLOBAL_LABELS`, is reserved by Prometheus"));

    // Nothing has been installed so far, so this can be.
    let handle = free().init().expect("the settings are valid");
    let served = handle.local_addr().expect("it listens");
    assert!(TcpStream::connect(served).is_ok());
    let twice = free().init().expect_err("it is initialised already");
    assert!(matches!(twice, InitError::AlreadyInitialized));
    // Rust prints the `Debug` of an error that `main` returns.
    assert_eq!(format!("{twice:?}"), twice.to_string());
    work();
    assert!(handle.render().contains("\ninit_work_total 1\n"), "{}", handle.render());

    // The program's own metric takes precedence over the toolkit's metric with the same name.
    metrics_runtime::redis::QUEUE_DEPTH.with(metrics_runtime::redis::Queue::new("theirs")).set(3.0);
    DEPTH.with(OwnQueue::Mine).set(1.0);
    let page = handle.render();
    let depths: Vec<&str> = page.lines().filter(|line| line.starts_with("queue_depth")).collect();
    assert_eq!(depths, ["queue_depth{queue=\"mine\"} 1", "queue_depth{queue=\"yours\"} 0"]);
    let _ = OwnQueue::Yours;

    handle.shutdown();
    assert!(TcpStream::connect(served).is_err(), "the port is still open");
    // Recording goes on without the endpoint.
    work();
}
