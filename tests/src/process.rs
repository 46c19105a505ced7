//! Child processes that end with the test that started them.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::waiting::{SAFETY_LIMIT, wait_until};

/// How often to look whether a program has ended: its end is not an event that this process could wait for together with
/// a line.
const END_CHECK: Duration = Duration::from_millis(100);

/// How long to wait for the last lines of a program that has ended. The lines are in the pipe already, so only a program
/// that was left running makes a test wait this long.
const LAST_LINES: Duration = Duration::from_secs(10);

/// How many free ports to try before giving up.
const PORTS: u32 = 5;

/// A running program. It is killed when this is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    output: Arc<Output>,
}

/// What a program has printed so far, and a signal for each change.
#[derive(Debug, Default)]
struct Output {
    printed: Mutex<Printed>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Printed {
    lines: Vec<String>,
    /// How many of its two streams may still bring lines.
    open_streams: usize,
}

impl Process {
    /// Starts a program and collects what it prints, on either stream.
    ///
    /// # Panics
    ///
    /// If it does not start.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}", does_not_start(&name, &error)));
        let output = Arc::new(Output::default());
        for stream in [child.stdout.take().map(boxed), child.stderr.take().map(boxed)].into_iter().flatten() {
            output.collect(stream);
        }
        Self { child, output }
    }

    /// Waits for a line that contains a text, and gives it.
    ///
    /// # Panics
    ///
    /// If the program ends first, or does not print it within [`SAFETY_LIMIT`].
    #[must_use]
    pub fn wait_for_line(&mut self, text: &str) -> String {
        let deadline = Instant::now() + SAFETY_LIMIT;
        loop {
            let has_ended = self.try_wait().is_some();
            let printed = self.output.lock();
            if let Some(line) = printed.lines.iter().find(|line| line.contains(text)) {
                return line.clone();
            }
            let all = || printed.lines.join("\n");
            // Its last lines may come after its end.
            let is_complete = has_ended && printed.open_streams == 0;
            assert!(!is_complete, "the program has ended without `{text}`; it has printed:\n{}", all());
            assert!(Instant::now() < deadline, "`{text}` was not printed in time; there is:\n{}", all());
            let waited = self.output.changed.wait_timeout(printed, END_CHECK);
            drop(waited);
        }
    }

    /// Everything that it has printed so far; after [`wait`](Self::wait) everything that it has printed at all.
    #[must_use]
    pub fn printed(&self) -> String {
        self.output.lock().lines.join("\n")
    }

    /// How it ended, if it has.
    pub fn try_wait(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits until it has ended and all that it has printed is collected.
    ///
    /// # Panics
    ///
    /// If it has not ended within [`SAFETY_LIMIT`].
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + SAFETY_LIMIT;
        let status = loop {
            if let Some(status) = self.try_wait() {
                break status;
            }
            assert!(Instant::now() < deadline, "the program does not end; it has printed:\n{}", self.printed());
            thread::sleep(Duration::from_millis(10));
        };
        // A program that it has started and left running may keep the streams open, so their end is not required.
        let printed = self.output.lock();
        let complete = self.output.changed.wait_timeout_while(printed, LAST_LINES, |printed| printed.open_streams > 0);
        drop(complete);
        status
    }

    /// Sends it a signal, such as `TERM`.
    ///
    /// # Panics
    ///
    /// If the signal cannot be sent.
    pub fn signal(&self, signal: &str) {
        // The shell's own `kill`: not every machine has a program of this name.
        let status = Command::new("sh")
            .args(["-c", "kill -\"$1\" \"$2\"", "sh", signal, &self.id().to_string()])
            .status()
            .expect("every machine has a shell");
        assert!(status.success(), "the signal {signal} could not be sent");
    }

    /// Kills it at once.
    pub fn kill(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The operating system's number for it.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Output {
    fn lock(&self) -> MutexGuard<'_, Printed> {
        self.printed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn collect(self: &Arc<Self>, stream: Box<dyn Read + Send>) {
        let output = Arc::clone(self);
        output.lock().open_streams += 1;
        thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                output.lock().lines.push(line);
                output.changed.notify_all();
            }
            output.lock().open_streams -= 1;
            output.changed.notify_all();
        });
    }
}

fn boxed<R: Read + Send + 'static>(stream: R) -> Box<dyn Read + Send> {
    Box::new(stream)
}

/// The program of this test, as one that runs only its test `program`: metrics are installed once in a process, so a test starts
/// itself again, with variables that say what to do.
///
/// # Panics
///
/// If the system does not say which program it is.
#[must_use]
pub fn this_program() -> Command {
    let mut command = Command::new(std::env::current_exe().expect("a test knows its program"));
    command.args(THIS_PROGRAM);
    command
}

/// The arguments by which the program of a test runs only its test `program`.
pub const THIS_PROGRAM: [&str; 4] = ["--exact", "program", "--nocapture", "--test-threads=1"];

/// What to tell the user when a program that the tests need cannot be started.
pub(crate) fn does_not_start(program: &str, error: &std::io::Error) -> String {
    format!("`{program}` does not start ({error}): run `cargo xtask test`, which installs what the tests need")
}

/// A port of the loopback interface on which nothing listens now.
///
/// # Panics
///
/// If the machine has none left.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("the machine has a free port");
    listener.local_addr().expect("a listener has an address").port()
}

/// Starts a server on a free port. Another program may take the port between its choice and its use; then the server
/// ends, and another port is tried.
///
/// # Panics
///
/// If it starts on none of five ports, or does not answer within [`SAFETY_LIMIT`].
pub fn start_on_free_port(
    what: &str,
    start: impl Fn(u16) -> Process,
    mut answers: impl FnMut(u16, &Process) -> bool,
) -> (Process, u16) {
    for _ in 0..PORTS {
        let port = free_port();
        let mut process = start(port);
        let is_up = wait_until(what, || {
            if answers(port, &process) {
                return Some(true);
            }
            process.try_wait().map(|_| false)
        });
        if is_up && process.try_wait().is_none() {
            return (process, port);
        }
        eprintln!("{what} did not start on port {port}:\n{}", process.printed());
    }
    panic!("{what} did not start on any of {PORTS} ports");
}
