//! What a shutdown of the endpoint waits for.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;

/// More than the buffers of a connection hold on both sides together, while the client does not read. It is not much
/// more, because a shutdown waits only two seconds for the rest.
const LARGE: usize = 8 << 20;

fn connect(address: SocketAddr, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("the endpoint listens");
    stream.write_all(request.as_bytes()).expect("it can be sent");
    stream
}

/// Reads up to the end of this text and no further; gives all that it has read.
fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut read = String::new();
    while !read.ends_with(end) {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("the endpoint answers");
        read.push(char::from(byte[0]));
    }
    read
}

/// Reads until the connection is closed, in whichever way.
fn rest(mut stream: TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    // If something that was sent has not been read, the connection ends with a reset.
    let _ = stream.read_to_end(&mut rest);
    rest
}

#[test]
fn a_shutdown_waits_only_for_scrapes() {
    let handle = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid");
    let address = handle.local_addr().expect("it listens");
    metrics::gauge!("shutdown_large", "text" => "x".repeat(LARGE)).set(1.0);
    let get = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let half = "GET /metrics HTTP/1.1\r\nHost:";

    let (silent, half_sent) = (connect(address, ""), connect(address, half));
    let (mut kept, mut half_after_another) = (connect(address, get), connect(address, get));
    for stream in [&mut kept, &mut half_after_another] {
        read_until(stream, "ok\n");
    }
    half_after_another.write_all(half.as_bytes()).expect("it can be sent");
    let mut scrape = connect(address, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    // The head of the answer shows that the request is being answered; the rest is not read yet.
    let head = read_until(&mut scrape, "\r\n\r\n");

    let page = thread::scope(|scope| {
        let shutdown = scope.spawn(|| handle.shutdown());
        // If these were kept as long as a scrape may last, the scrape would be cut off together with them.
        for (what, stream) in [
            ("silent", silent),
            ("half sent", half_sent),
            ("kept", kept),
            ("half sent after another", half_after_another),
        ] {
            assert_eq!(rest(stream), b"", "{what}");
        }
        let page = rest(scrape);
        shutdown.join().expect("it does not panic");
        page
    });
    assert!(page.len() > LARGE && head.contains(&format!("content-length: {}", page.len())), "{}: {head}", page.len());
    assert!(TcpStream::connect(address).is_err(), "the port is still open");
}
