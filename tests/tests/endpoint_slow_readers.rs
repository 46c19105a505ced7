//! Clients that do not read a large page: a scrape is answered all the same, and the pages that they hold take bounded memory.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use metrics_runtime::Handle;
use system_tests::SAFETY_LIMIT;

/// Much more than the buffers of a connection hold.
const LARGE: usize = 24 << 20;

/// The endpoint of this program. Its tests have it to themselves, one after the other.
fn endpoint() -> (SocketAddr, MutexGuard<'static, ()>) {
    static HANDLE: OnceLock<Handle> = OnceLock::new();
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let handle = HANDLE.get_or_init(|| {
        let handle = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid");
        for part in 0..24 {
            let text = format!("{part:02}{}", "x".repeat(LARGE / 24));
            metrics::gauge!("slow_readers_large", "text" => text).set(1.0);
        }
        handle
    });
    (handle.local_addr().expect("it listens"), turn)
}

/// A client that has asked for the page.
struct Reader {
    stream: TcpStream,
    /// How many bytes of the page it has not read.
    rest: usize,
}

impl Reader {
    fn ask(address: SocketAddr) -> Self {
        let mut stream = TcpStream::connect(address).expect("the endpoint listens");
        stream.set_read_timeout(Some(SAFETY_LIMIT)).expect("a socket can have a timeout");
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").expect("it can be sent");
        Self { stream, rest: 0 }
    }

    /// Reads the head of the response, byte by byte, because the page is to stay where it is.
    fn read_head(&mut self) {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).expect("the endpoint answers");
            head.push(char::from(byte[0]));
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        self.rest = length.and_then(|length| length.parse().ok()).expect("the length is known");
        assert!(head.starts_with("HTTP/1.1 200") && self.rest > LARGE, "{head}");
    }

    /// Reads as much of the page, or up to its end.
    fn read(&mut self, length: usize) {
        let mut left = length.min(self.rest);
        self.rest -= left;
        let mut buffer = vec![0; 64 * 1024];
        while left > 0 {
            let part = left.min(buffer.len());
            let read = self.stream.read(&mut buffer[..part]).expect("the endpoint sends the page");
            assert!(read > 0, "the page has ended early");
            left -= read;
        }
    }
}

fn scrape(address: SocketAddr) {
    let mut scraper = Reader::ask(address);
    scraper.read_head();
    scraper.read(usize::MAX);
}

/// A number of `/proc/self/status`, in bytes.
#[cfg(target_os = "linux")]
fn status(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("the system has it");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("it is there");
    let number = line.trim_matches([':', ' ', '\t', 'k', 'B']).parse::<usize>().expect("it is a number");
    number * 1024
}

#[test]
#[cfg(target_os = "linux")]
fn slow_readers_hold_less_than_three_pages() {
    let (address, _turn) = endpoint();
    scrape(address);
    // On a busy machine the allocator may keep a page that was given back already, so it is tried again.
    let mut tried = Vec::new();
    while tried.len() < 5 {
        let more = most_memory(address);
        if more < 3 * LARGE {
            return;
        }
        tried.push(more);
    }
    panic!("{tried:?} bytes for pages of {LARGE}");
}

/// How much memory is needed at most while clients ask for pages and do not read them.
#[cfg(target_os = "linux")]
fn most_memory(address: SocketAddr) -> usize {
    let before = status("VmRSS");
    // The highest use of memory is counted from now.
    std::fs::write("/proc/self/clear_refs", "5").expect("a process can reset its own peak");
    // Some come together, others after pages that were made before, and none reads what it has asked for.
    let mut slow: Vec<Reader> = Vec::new();
    for _ in 0..8 {
        slow.extend((0..5).map(|_| Reader::ask(address)));
        scrape(address);
        // The page is not new any more.
        thread::sleep(Duration::from_millis(300));
        slow.push(Reader::ask(address));
        scrape(address);
    }
    status("VmHWM") - before
}

#[test]
fn a_reader_that_goes_on_reading_gets_the_whole_page() {
    let (address, _turn) = endpoint();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let mut steady = Reader::ask(address);
        steady.read_head();
        // Meanwhile others make the endpoint make more pages than there is room for, and do not read them.
        scope.spawn(|| {
            let mut stopped = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                let mut reader = Reader::ask(address);
                reader.read_head();
                stopped.push(reader);
            }
        });
        let steady = scope.spawn(move || {
            while steady.rest > 0 {
                steady.read(256 * 1024);
                thread::sleep(Duration::from_millis(20));
            }
        });
        let ended = steady.join();
        is_over.store(true, Ordering::Relaxed);
        ended.expect("it has read the whole page");
    });
}

#[test]
fn clients_that_ask_at_the_same_time_get_whole_pages() {
    let (address, _turn) = endpoint();
    let mut readers: Vec<Reader> = (0..4).map(|_| Reader::ask(address)).collect();
    for reader in &mut readers {
        reader.read_head();
    }
    while readers.iter().any(|reader| reader.rest > 0) {
        for reader in &mut readers {
            reader.read(1 << 20);
        }
    }
}
