//! The time of the slowest calls while the receiver of exports is away, slow or broken.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::child;
use crate::latency::p999_of_calls;
use crate::report::{head, median, row};
use crate::subjects::ours;

const CALLS: u32 = 5_000_000;
const ROUNDS: usize = 21;
/// The label sets of the page that is exported.
const LABEL_SETS: u32 = 10_000;
/// The shortest interval that OTLP takes: in fact, one export follows the other.
const INTERVAL: Duration = Duration::from_millis(1);
/// How long an export waits for an answer.
const TIMEOUT: Duration = Duration::from_millis(10);

/// The states of the receiver, as the rows of the table.
const STATES: [&str; 4] = ["without export", "the receiver is away", "it does not answer", "it answers 500"];
/// The argument of a child process that exports nothing.
const NO_RECEIVER: &str = "none";

pub struct Receivers {
    /// The time that one call in a thousand exceeds, in nanoseconds: for each state, one of each round.
    p999: [Vec<f64>; STATES.len()],
    /// The exports that have failed meanwhile.
    failed: [Vec<f64>; STATES.len()],
}

impl Receivers {
    /// The largest ratio of a dead receiver.
    pub fn worst(&self) -> f64 {
        (1..STATES.len()).map(|state| self.ratio(state)).fold(f64::NAN, f64::max)
    }

    fn ratio(&self, state: usize) -> f64 {
        of_rounds(&self.p999[state]) / of_rounds(&self.p999[0])
    }

    pub fn table(&self) -> String {
        let mut table = format!(
            "The same (p99.9) while the program exports {LABEL_SETS} label sets by OTLP to a receiver that is dead, with the \
             shortest interval of {} ms and a timeout of {} ms. Without export, the other thread spins. Median of {ROUNDS} \
             rounds of {CALLS} calls, each in a separate process, in turns:\n\n",
            INTERVAL.as_millis(),
            TIMEOUT.as_millis(),
        );
        table += &head(&["", "nanoseconds", "relative to without export", "failed exports in a round"]);
        for (state, name) in STATES.iter().enumerate() {
            table += &row(&[
                (*name).to_owned(),
                format!("{:.0}", of_rounds(&self.p999[state])),
                format!("{:.2}", self.ratio(state)),
                format!("{:.0}", of_rounds(&self.failed[state])),
            ]);
        }
        table
    }
}

fn of_rounds(rounds: &[f64]) -> f64 {
    median(&mut rounds.to_vec())
}

pub fn measure() -> Result<Receivers, String> {
    let receivers = receivers().map_err(|error| format!("cannot listen: {error}"))?;
    let (mut p999, mut failed) = (STATES.map(|_| Vec::new()), STATES.map(|_| Vec::new()));
    for _ in 0..ROUNDS {
        for (state, receiver) in receivers.iter().enumerate() {
            let printed = child::run(child::RECEIVER, Some(receiver))?;
            let [of_calls, of_exports] = child::numbers(&printed)?[..] else {
                return Err(format!("a child process printed `{printed}`"));
            };
            p999[state].push(of_calls);
            failed[state].push(of_exports);
        }
    }
    Ok(Receivers { p999, failed })
}

/// The receiver of each state.
fn receivers() -> io::Result<[String; STATES.len()]> {
    let away = listen()?.1;
    let (silent, of_silent) = listen()?;
    thread::spawn(move || {
        // The program gives up long before its connection ends here.
        let mut open = VecDeque::new();
        for stream in silent.incoming().flatten() {
            open.push_back(stream);
            if open.len() > 8 {
                open.pop_front();
            }
        }
    });
    let (broken, of_broken) = listen()?;
    thread::spawn(move || {
        for stream in broken.incoming().flatten() {
            // The program may have given up.
            let _ = refuse(stream);
        }
    });
    Ok([NO_RECEIVER.to_owned(), away, of_silent, of_broken])
}

fn listen() -> io::Result<(TcpListener, String)> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let url = format!("http://{}", listener.local_addr()?);
    Ok((listener, url))
}

/// Reads a request, and answers 500.
fn refuse(mut stream: TcpStream) -> io::Result<()> {
    let (mut request, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    let head = loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            read => request.extend_from_slice(&buffer[..read]),
        }
        if let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let text = String::from_utf8_lossy(&request[..head]).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.and_then(|length| length.trim().parse::<usize>().ok()).unwrap_or(0);
    let mut left = length.saturating_sub(request.len() - head);
    while left > 0 {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            read => left = left.saturating_sub(read),
        }
    }
    stream.write_all(b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

/// Runs in a child process: prints the time that one call in a thousand exceeds, and how many exports have failed.
pub fn run_calls(receiver: &str) -> Result<(), String> {
    let is_exporting = receiver != NO_RECEIVER;
    ours::set_up_with(|builder| {
        if is_exporting {
            builder.otlp_endpoint(receiver).otlp_interval(INTERVAL).otlp_timeout(TIMEOUT)
        } else {
            builder.no_otlp()
        }
    });
    let page = ours::page(LABEL_SETS);
    let before = failures(&page());
    let stop = AtomicBool::new(false);
    let p999 = thread::scope(|scope| {
        if !is_exporting {
            // So that the load on the machine is the same.
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let p999 = p999_of_calls(CALLS);
        stop.store(true, Ordering::Relaxed);
        p999
    });
    let failed = failures(&page()) - before;
    if is_exporting && failed < 2.0 {
        return Err(format!("only {failed} exports have failed meanwhile, so nothing was measured"));
    }
    println!("{p999} {failed}");
    // It drops no handle, which would wait for a last export.
    Ok(())
}

/// The exports that have failed.
fn failures(page: &str) -> f64 {
    let line = page.lines().find_map(|line| line.strip_prefix("metrics_export_failures_total{road=\"otlp\"} "));
    line.and_then(|number| number.parse().ok()).unwrap_or(0.0)
}
