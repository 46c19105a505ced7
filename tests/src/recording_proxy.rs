//! A proxy that writes down what a program asks of a server.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Stands between a program and a server that speaks HTTP/1.1.
#[derive(Debug)]
pub struct RecordingProxy {
    address: SocketAddr,
    /// What was sent, for each connection.
    sent: Arc<Mutex<Vec<Vec<u8>>>>,
}

/// The head of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxiedRequest {
    /// `GET /history/7`, without what follows.
    pub line: String,
    /// Names in lower case, with values.
    pub headers: Vec<(String, String)>,
}

impl ProxiedRequest {
    /// The value of a header, whose name is given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

impl RecordingProxy {
    /// Starts one before a server: `http://127.0.0.1:PORT`.
    ///
    /// # Panics
    ///
    /// If there is no free port.
    #[must_use]
    pub fn before(server: &str) -> Self {
        let server = server.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("there is a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let sent: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
        let of_threads = Arc::clone(&sent);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (server, sent) = (server.clone(), Arc::clone(&of_threads));
                // An error means that one of the two has ended; the other one sees a closed connection.
                thread::spawn(move || drop(forward(client, &server, &sent)));
            }
        });
        Self { address, sent }
    }

    /// Its own base URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<ProxiedRequest> {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.iter().flat_map(|sent| requests(&String::from_utf8_lossy(sent))).collect()
    }
}

fn forward(client: TcpStream, server: &str, sent: &Mutex<Vec<Vec<u8>>>) -> io::Result<()> {
    let server = TcpStream::connect(server)?;
    let (mut from_server, mut to_client) = (server.try_clone()?, client.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(std::net::Shutdown::Both);
    });
    let number = {
        let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.push(Vec::new());
        sent.len() - 1
    };
    let (mut client, mut server, mut buffer) = (client, server, [0; 1 << 14]);
    loop {
        let length = client.read(&mut buffer)?;
        if length == 0 {
            return server.shutdown(std::net::Shutdown::Write);
        }
        // Before it is answered.
        sent.lock().unwrap_or_else(PoisonError::into_inner)[number].extend_from_slice(&buffer[..length]);
        server.write_all(&buffer[..length])?;
    }
}

/// The heads in what a connection has sent. A body ends where the next head begins, in the middle of a line.
fn requests(sent: &str) -> Vec<ProxiedRequest> {
    let mut requests: Vec<ProxiedRequest> = Vec::new();
    let mut is_head = false;
    for line in sent.split("\r\n") {
        if let Some(line) = line.strip_suffix(" HTTP/1.1") {
            let start = ["GET /", "POST /"].iter().filter_map(|method| line.rfind(method)).max().unwrap_or_default();
            requests.push(ProxiedRequest { line: line[start..].to_owned(), headers: Vec::new() });
            is_head = true;
        } else if line.is_empty() {
            is_head = false;
        } else if let (true, Some(request), Some((name, value))) = (is_head, requests.last_mut(), line.split_once(": "))
        {
            request.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
    }
    requests
}
