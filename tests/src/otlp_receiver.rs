//! A receiver of OTLP that answers as a test wants it to.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use flate2::read::GzDecoder;

use crate::waiting::wait_until;

/// A receiver on a free port. Each request gets the next reply; without one it gets `200` with an empty body.
#[derive(Debug)]
pub struct OtlpReceiver {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    replies: Mutex<VecDeque<Reply>>,
    requests: Mutex<Vec<Request>>,
    /// How much of such a body was sent.
    endless: AtomicU64,
}

/// What a request gets.
#[derive(Clone, Debug)]
pub enum Reply {
    /// An answer with this status line (`429 Too Many Requests`), these header lines and this body.
    Answer(&'static str, &'static str, Vec<u8>),
    /// These bytes, and the end.
    Raw(&'static [u8]),
    /// The request is read, and nothing is answered as long as the receiver lives.
    Silence,
    /// The connection is closed before the body is read.
    Close,
    /// An answer that is not OTLP, whose body ends when the client closes the connection.
    Endless,
}

/// A request that was received.
#[derive(Clone, Debug)]
pub struct Request {
    /// `POST /v1/metrics HTTP/1.1`
    pub line: String,
    /// Names in lower case, with values.
    pub headers: Vec<(String, String)>,
    /// Its body, as it came.
    pub body: Vec<u8>,
    /// When it was read.
    pub at: Instant,
}

impl Request {
    /// The value of a header, whose name is given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The body without its compression.
    ///
    /// # Panics
    ///
    /// If it is not compressed as its header says.
    #[must_use]
    pub fn uncompressed(&self) -> Vec<u8> {
        let mut body = self.body.clone();
        if self.header("content-encoding") == Some("gzip") {
            body.clear();
            GzDecoder::new(&self.body[..]).read_to_end(&mut body).expect("the body is compressed");
        }
        body
    }
}

impl OtlpReceiver {
    /// Starts one.
    ///
    /// # Panics
    ///
    /// If there is no free port.
    #[must_use]
    pub fn start() -> Self {
        Self::start_on(0, [])
    }

    /// Starts one on this port, with the replies to the first requests.
    ///
    /// # Panics
    ///
    /// If the port is taken.
    #[must_use]
    pub fn start_on(port: u16, replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let shared = Arc::new(Shared { replies: Mutex::new(replies.into_iter().collect()), ..Shared::default() });
        let of_threads = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&of_threads);
                thread::spawn(move || serve(stream, &shared));
            }
        });
        Self { address, shared }
    }

    /// The base URL that takes OTLP.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The reply to the next request that has none yet.
    pub fn reply(&self, reply: Reply) {
        self.shared.replies.lock().unwrap_or_else(PoisonError::into_inner).push_back(reply);
    }

    /// The requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many bytes have been sent of endless answers.
    #[must_use]
    pub fn endless_bytes(&self) -> u64 {
        self.shared.endless.load(Ordering::Relaxed)
    }

    /// Waits until there have been so many requests, and gives the last of them.
    ///
    /// # Panics
    ///
    /// If they do not come within [`SAFETY_LIMIT`](crate::SAFETY_LIMIT).
    #[must_use]
    pub fn wait_for(&self, number: usize) -> Request {
        wait_until("requests at the receiver of OTLP", || self.requests().into_iter().nth(number - 1))
    }
}

fn serve(stream: TcpStream, shared: &Shared) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let reply = shared.replies.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let mut request = Request { line: line.trim_end().to_owned(), headers, body: Vec::new(), at: Instant::now() };
    if !matches!(reply, Some(Reply::Close)) {
        let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or_default();
        request.body.resize(length, 0);
        reader.read_exact(&mut request.body).ok()?;
    }
    shared.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    let stream = reader.get_mut();
    match reply.unwrap_or(Reply::Answer("200 OK", "", Vec::new())) {
        Reply::Answer(status, headers, body) => {
            write!(stream, "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n", body.len())
                .ok()?;
            stream.write_all(&body).ok()?;
        }
        Reply::Raw(bytes) => stream.write_all(bytes).ok()?,
        // Until the client gives up.
        Reply::Silence => drop(reader.read_to_end(&mut Vec::new())),
        Reply::Close => {}
        Reply::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").ok()?;
            loop {
                stream.write_all(&[b'<'; 1 << 12]).ok()?;
                shared.endless.fetch_add(1 << 12, Ordering::Relaxed);
            }
        }
    }
    Some(())
}
