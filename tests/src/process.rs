//! Child processes that end with the test that started them.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a server may take to start, and a line to appear.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running program. It is killed when this is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    output: Arc<Output>,
}

/// What a program has printed so far, and the news that it has printed more.
#[derive(Debug, Default)]
struct Output {
    lines: Mutex<Vec<String>>,
    changed: Condvar,
}

impl Process {
    /// Starts a program and collects what it prints, on either stream.
    ///
    /// # Panics
    ///
    /// Where it does not start.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("`{name}` does not start ({error}): run `cargo xtask test`, which installs what the tests need")
            });
        let output = Arc::new(Output::default());
        for stream in [child.stdout.take().map(boxed), child.stderr.take().map(boxed)].into_iter().flatten() {
            collect(stream, Arc::clone(&output));
        }
        Self { child, output }
    }

    /// Waits for a line that holds a text, and gives it.
    ///
    /// # Panics
    ///
    /// Where the program ends first, or does not print it within a minute.
    #[must_use]
    pub fn wait_for_line(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let ended = self.try_wait().is_some();
            let lines = self.output.lines.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(line) = lines.iter().find(|line| line.contains(text)) {
                return line.clone();
            }
            assert!(!ended, "the program has ended without `{text}`; it has printed:\n{}", lines.join("\n"));
            assert!(Instant::now() < deadline, "`{text}` was not printed in time; there is:\n{}", lines.join("\n"));
            // The end of the program is no line, so it is looked for from time to time.
            let waited = self.output.changed.wait_timeout(lines, Duration::from_millis(100));
            drop(waited);
        }
    }

    /// Everything that it has printed so far.
    #[must_use]
    pub fn printed(&self) -> String {
        self.output.lines.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    /// How it ended, if it has.
    pub fn try_wait(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits until it has ended.
    ///
    /// # Panics
    ///
    /// Where it has not within a minute.
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.try_wait() {
                return status;
            }
            assert!(Instant::now() < deadline, "the program does not end; it has printed:\n{}", self.printed());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends it a signal, such as `TERM`.
    ///
    /// # Panics
    ///
    /// Where the signal cannot be sent.
    pub fn signal(&self, signal: &str) {
        let status = Command::new("kill")
            .args([format!("-{signal}"), self.child.id().to_string()])
            .status()
            .expect("`kill` is on every machine");
        assert!(status.success(), "the signal {signal} could not be sent");
    }

    /// Kills it at once.
    pub fn kill(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn boxed<R: Read + Send + 'static>(stream: R) -> Box<dyn Read + Send> {
    Box::new(stream)
}

fn collect(stream: Box<dyn Read + Send>, output: Arc<Output>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            output.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            output.changed.notify_all();
        }
    });
}

/// A port on which nothing listens now.
///
/// # Panics
///
/// Where the machine has none left.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("the machine has a free port");
    listener.local_addr().expect("a listener has an address").port()
}

/// Asks again and again until there is an answer.
///
/// # Panics
///
/// Where there is none within a minute; `what` says what was waited for.
pub fn wait_until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited a minute for this: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Starts a server on a free port. The port may be taken between its choice and its use; then another is tried.
pub(crate) fn start_on_free_port(
    what: &str,
    start: impl Fn(u16) -> Process,
    mut answers: impl FnMut(u16) -> bool,
) -> (Process, u16) {
    for _ in 0..5 {
        let port = free_port();
        let mut process = start(port);
        let answered = wait_until(what, || {
            if answers(port) {
                return Some(true);
            }
            process.try_wait().map(|_| false)
        });
        if answered && process.try_wait().is_none() {
            return (process, port);
        }
        eprintln!("{what} did not start on port {port}:\n{}", process.printed());
    }
    panic!("{what} did not start on any of five ports");
}
